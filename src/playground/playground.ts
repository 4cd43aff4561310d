import path from 'node:path';
import express, { type Request, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Accounts } from '../channels/accounts';
import type { Config } from '../config';
import type { Database } from '../db/database';
import type { Clock } from '../lib/clock';
import { AppError } from '../lib/errors';
import type { Ids } from '../lib/ids';
import { parseOr400 } from '../lib/parse-or-400';
import { projectRoot } from '../lib/project-root';
import { createAdminLinkCode } from './admin-link-code';
import { readFeed, shopName, type Feed, type Position } from './feed-store';
import { mailbox } from './mailbox';
import { conversationsOf, ownerPhone, person, playgroundPage, psid, type Person } from './people';
import { createFakePlatforms } from './platforms/fake-platforms';
import { reportDelivery } from './report-delivery';
import { personAction, sendAsPerson } from './send-as-person';
import { streamFeed } from './stream-feed';

export interface PlaygroundDeps {
  db: Database;
  config: Config;
  accounts: Accounts;
  clock: Clock;
  ids: Ids;
}

const PUBLIC = path.join(projectRoot, 'src', 'playground', 'public');
/** The longest message a person can send, escaped, and its frame. */
const BODY_LIMIT = '16kb';
/** Each reads the database three times a second. */
const MAX_STREAMS = 100;
/** The three phones of one browser, and some to spare. */
const MAX_PEOPLE = 6;

/** Only our own files run; pictures may come from wherever the shop keeps them. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "img-src 'self' data: http: https:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The chat playground (OBS-4): a customer's, an admin's and the owner's phone, on the product's real webhooks. */
export function createPlayground(deps: PlaygroundDeps): Router {
  const router = express.Router();
  router.use('/platforms', platforms(deps));
  router.use('/api', api(deps));
  router.use((_request, response, next) => {
    response.set('content-security-policy', CONTENT_SECURITY_POLICY);
    next();
  });
  // With and without a slash at the end.
  router.get('/', (_request, response) => response.sendFile(path.join(PUBLIC, 'index.html')));
  router.get('/mail', mailbox(deps));
  router.use(express.static(PUBLIC, { index: false, redirect: false }));
  return router;
}

/** Where the playground's accounts send to. */
function platforms({ accounts, clock }: PlaygroundDeps): Router {
  const page = playgroundPage(accounts);
  const own = accounts.all.filter((account) => account.isPlayground);
  return createFakePlatforms({
    isAuthorized: (platform, principal, token) =>
      own.some(
        (account) =>
          account.channel === platform &&
          account.token === token &&
          [account.accountId, account.principal, 'me'].includes(principal),
      ),
    onMessage: (platform, message) => {
      if (platform === 'messenger') void reportDelivery({ page, clock }, message);
    },
    now: () => clock.now(),
  });
}

const feedQuery = z.object({
  people: z
    .string()
    .transform((list) => list.split(','))
    .pipe(z.array(person).min(1).max(MAX_PEOPLE)),
  after: z
    .string()
    .regex(/^\d{1,15}-\d{1,15}$/)
    .default('0-0')
    .transform((text): Position => {
      const [inboxId = 0, outgoingId = 0] = text.split('-').map(Number);
      return { inboxId, outgoingId };
    }),
});

function api(deps: PlaygroundDeps): Router {
  const { db, config, accounts } = deps;
  const page = playgroundPage(accounts);
  const router = express.Router();
  const json = express.json({ limit: BODY_LIMIT });
  let streams = 0;
  const feedOf = (people: Person[], after?: Position): Promise<Feed> => {
    const conversations = people.flatMap((who) =>
      conversationsOf(config, accounts, who).map((key) => ({ person: who, key })),
    );
    return readFeed(db, conversations, after);
  };

  router.get('/info', async (_request, response) => {
    response.json({
      shop: await shopName(db, page.businessId),
      owner_phone: ownerPhone(config),
      shop_phone: accounts.sender('sms', page.businessId)?.accountId ?? '',
      public_url: config.publicUrl,
    });
  });

  router.post('/send', json, async (request, response) => {
    const action = parseOr400(personAction, request.body);
    answer(response, await sendAsPerson({ ...deps, page }, action));
  });

  router.post('/link-admin', json, async (request, response) => {
    const who = parseOr400(z.object({ person: psid }), request.body).person;
    const text = `/link ${await createAdminLinkCode(deps, page.businessId)}`;
    answer(response, await sendAsPerson({ ...deps, page }, { person: who, kind: 'text', text }));
  });

  router.get('/feed', async (request, response) => {
    const { people, after } = parseOr400(feedQuery, request.query);
    const { items, staff } = await feedOf(people, after);
    response.json({ data: items, staff, next_cursor: positionAfter(items, after) });
  });

  router.get('/events', async (request: Request, response: Response) => {
    const { people } = parseOr400(feedQuery, request.query);
    if (streams >= MAX_STREAMS) {
      throw new AppError(
        'TOO_MANY_STREAMS',
        503,
        'Too many playgrounds are open. Close one and reload.',
      );
    }
    streams += 1;
    try {
      await streamFeed(request, response, () => feedOf(people));
    } finally {
      streams -= 1;
    }
  });
  return router;
}

/** 200 when the webhook took it, else 502 with what it said. */
function answer(response: Response, sent: { status: number; mid: string }): void {
  response.status(sent.status === 200 ? 200 : 502).json(sent);
}

function positionAfter(items: Feed['items'], after: Position): string {
  const newest = (prefix: string, least: number) =>
    items
      .filter(({ id }) => id.startsWith(prefix))
      .reduce((most, { id }) => Math.max(most, Number(id.slice(prefix.length))), least);
  return `${newest('in-', after.inboxId)}-${newest('out-', after.outgoingId)}`;
}
