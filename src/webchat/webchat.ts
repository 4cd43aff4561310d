import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import { findBusiness, findBusinessBySlug } from '../businesses/business-store';
import { conversationKey } from '../channels/inbound';
import { clientId, parseVisitorMessage, visitorMessage } from '../channels/web/parse';
import { signVisitor, verifyVisitor, type Visitor } from '../channels/web/visitor-token';
import type { Config } from '../config';
import type { Database } from '../db/database';
import type { Inbox } from '../inbox/inbox';
import type { Clock } from '../lib/clock';
import { crashPoint } from '../lib/crash-point';
import { AppError } from '../lib/errors';
import type { Ids } from '../lib/ids';
import type { Log } from '../lib/log';
import { parseOr400 } from '../lib/parse-or-400';
import { createRateLimit, type RateLimit } from '../lib/rate-limit';
import { acrossOrigins, admitOrigin } from './origins';
import { takeFile } from './take-file';
import { markFetched, readThread, type Position } from './thread-store';
import { createThreadWatch, type ThreadWatch } from './watch-threads';

export interface WebChatDeps {
  db: Database;
  config: Config;
  inbox: Inbox;
  clock: Clock;
  ids: Ids;
  log: Log;
}

/** The longest message, escaped, and its frame. */
const BODY_LIMIT = '16kb';
/** Ten messages a second pass (section 19); a script that sends more waits. */
const MESSAGES = { burst: 30, perSecond: 10 };
/** A photo of the largest kind; the widget makes them smaller. */
const FILE_LIMIT = '10mb';
/** Pictures of one visitor. */
const FILES = { burst: 10, perSecond: 0.2 };
/** New visitors from one address: an office or a mobile network behind one address is many people. */
const VISITORS = { burst: 100, perSecond: 10 };
/** Below the half minute after which proxies and mobile networks cut silent connections. */
const MAX_WAIT_S = 25;
/** Requests that wait, in this instance: each is a connection. Beyond it the answer comes at once. */
const MAX_WAITING = 5_000;

interface Parts extends WebChatDeps {
  watch: ThreadWatch;
  messages: RateLimit;
  files: RateLimit;
  visitors: RateLimit;
}

/**
 * The chat on the shop's own pages (CHN-5): `POST /webchat/sessions` makes a visitor, `POST /webchat/messages` stores a
 * message before it answers (G-1), `GET /webchat/messages` waits for what is new. Nothing is kept but rows, so any instance
 * serves any request.
 */
export function createWebChat(deps: WebChatDeps): Router {
  const now = () => deps.clock.now().getTime();
  const parts: Parts = {
    ...deps,
    watch: createThreadWatch(deps.db, deps.log),
    messages: createRateLimit(MESSAGES, now),
    files: createRateLimit(FILES, now),
    visitors: createRateLimit(VISITORS, now),
  };
  const router = express.Router();
  router.use(acrossOrigins);
  const json = express.json({ limit: BODY_LIMIT });
  router.post('/sessions', json, (req, res) => openSession(parts, req, res));
  router.post('/messages', json, (req, res) => takeMessage(parts, req, res));
  router.post(
    '/files',
    (req, res, next) => void admitFile(parts, req, res).then(() => next(), next),
    express.raw({ type: () => true, limit: FILE_LIMIT }),
    (req, res) => receiveFile(parts, req, res),
  );
  router.get('/messages', (req, res) => answerWithNews(parts, req, res));
  return router;
}

const sessionRequest = z.strictObject({ business: z.string().min(1).max(64) });

/** A new visitor; or, with a token, the same one with a fresh token. */
async function openSession(parts: Parts, req: Request, res: Response): Promise<void> {
  const { business: slug } = parseOr400(sessionRequest, req.body);
  const business = await findBusinessBySlug(parts.db, slug);
  if (!business) {
    throw new AppError(
      'BUSINESS_NOT_FOUND',
      404,
      `There is no shop "${slug}" here: check data-business in the script tag.`,
    );
  }
  admitOrigin(parts.config, business, req);
  const known = visitorIn(parts, req);
  if (known?.businessId !== business.id) limit(parts.visitors, req.ip ?? '', res);
  const visitor =
    known?.businessId === business.id
      ? known
      : { businessId: business.id, visitorId: parts.ids.next().replaceAll('-', '') };
  res.status(201).json({
    token: signVisitor(parts.config.jwtSecret, visitor, parts.clock.now()),
    shop: business.name,
    language: business.language,
  });
}

async function takeMessage(parts: Parts, req: Request, res: Response): Promise<void> {
  const visitor = await admitVisitor(parts, req);
  limit(parts.messages, visitor.visitorId, res);
  const message = parseOr400(visitorMessage, req.body);
  const receivedAt = parts.clock.now();
  const event = parseVisitorMessage(visitor, message, receivedAt);
  crashPoint('webhook.before-store');
  await parts.inbox.store([
    { event, businessId: visitor.businessId, state: 'pending', receivedAt },
  ]);
  crashPoint('webhook.before-answer');
  res.json({ id: message.id, at: receivedAt.toISOString() });
}

/** Before the body is read: nobody else's file is taken into memory. */
async function admitFile(parts: Parts, req: Request, res: Response): Promise<void> {
  const visitor = await admitVisitor(parts, req);
  limit(parts.files, visitor.visitorId, res);
}

/** A picture, as it is, under the message's id. */
async function receiveFile(parts: Parts, req: Request, res: Response): Promise<void> {
  const visitor = await admitVisitor(parts, req);
  const { id } = parseOr400(z.object({ id: clientId }), req.query);
  const receivedAt = parts.clock.now();
  const bytes = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  await takeFile(parts, visitor, { id, bytes }, receivedAt);
  res.json({ id, at: receivedAt.toISOString() });
}

const positionText = z
  .string()
  .regex(/^\d{1,15}-\d{1,15}$/, 'must be the next_cursor of an earlier answer')
  .transform((text): Position => {
    const [inboxId = 0, outgoingId = 0] = text.split('-').map(Number);
    return { inboxId, outgoingId };
  });
const newsQuery = z.object({
  after: positionText.optional(),
  /** Seconds to wait for news. */
  wait: z.coerce.number().int().min(0).max(MAX_WAIT_S).default(0),
  /** The chat is open before a person's eyes. */
  open: z.enum(['0', '1']).default('0'),
});

/** What is new after `after` (or the header Last-Event-ID), at once if there is something, else when it comes. */
async function answerWithNews(parts: Parts, req: Request, res: Response): Promise<void> {
  const visitor = await admitVisitor(parts, req);
  const query = parseOr400(newsQuery, {
    after: req.get('last-event-id'),
    ...(req.query as Record<string, unknown>),
  });
  const thread = conversationKey('web', String(visitor.businessId), visitor.visitorId);
  const after = query.after ?? { inboxId: 0, outgoingId: 0 };
  if (after.outgoingId > 0) {
    const { db, clock } = parts;
    await markFetched(db, thread, after.outgoingId, query.open === '1', clock.now());
  }
  let news = await readThread(parts.db, thread, after);
  if (news.items.length === 0 && query.wait > 0 && parts.watch.size() < MAX_WAITING) {
    const gone = new AbortController();
    res.once('close', () => gone.abort());
    await parts.watch.wait(thread, after.outgoingId, query.wait * 1000, gone.signal);
    if (gone.signal.aborted) return;
    news = await readThread(parts.db, thread, after);
  }
  const { inboxId, outgoingId } = news.position;
  res
    .set('cache-control', 'no-store')
    .json({ data: news.items, next_cursor: `${inboxId}-${outgoingId}` });
}

/** Who asks, from a page that may; 401 without a token of ours. */
async function admitVisitor(parts: Parts, req: Request): Promise<Visitor> {
  const visitor = visitorIn(parts, req);
  const business = visitor && (await findBusiness(parts.db, visitor.businessId));
  if (!visitor || !business) {
    throw new AppError(
      'VISITOR_UNKNOWN',
      401,
      'Send the token of POST /webchat/sessions as "Authorization: Bearer …"; it may have expired.',
    );
  }
  admitOrigin(parts.config, business, req);
  return visitor;
}

function visitorIn({ config, clock }: Parts, req: Request): Visitor | undefined {
  const token = /^Bearer (\S{1,200})$/.exec(req.get('authorization') ?? '')?.[1];
  return token === undefined ? undefined : verifyVisitor(config.jwtSecret, token, clock.now());
}

function limit(rate: RateLimit, key: string, res: Response): void {
  const waitMs = rate.take(key);
  if (waitMs === 0) return;
  res.set('Retry-After', String(Math.ceil(waitMs / 1000)));
  throw new AppError('TOO_MANY_REQUESTS', 429, 'That was too much at once. Wait a moment.');
}
