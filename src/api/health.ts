import { z } from 'zod';
import { LINK_STATES, listLinks } from '../channels/whatsapp-web/link-store';
import type { Database } from '../db/database';
import type { Clock } from '../lib/clock';
import { queueDelays } from './queue-delays';
import { QUEUES } from './queue-heads-store';
import { resource, type Resource } from './resource';

/** A database that takes longer than this is not ready to serve. */
const READY_TIMEOUT_MS = 3_000;

const readiness = z.object({
  status: z.enum(['ready', 'not ready']),
  checks: z.object({
    database: z.boolean(),
    migrations: z.boolean(),
    queues: z.boolean().describe('Whether this instance can read them, however late they are'),
  }),
  queues: z
    .array(
      z.object({
        queue: z.enum(QUEUES),
        overdue_seconds: z.number().int().describe('How long that has been due which comes next'),
        is_late: z.boolean(),
      }),
    )
    .describe('How late each is, some seconds ago; a late one makes nobody unready'),
  links: z
    .array(z.object({ channel: z.string(), state: z.enum(LINK_STATES) }))
    .describe(
      'Numbers that are linked by a browser: one that is not connected makes nobody unready',
    ),
});

/**
 * `/health`: the process lives. `/ready`: the database answers, the schema is this version's, the queues can be read (API-3). A backlog
 * is told and makes nobody unready: it is the same for all instances, and a shop that answers late is better than none.
 */
export function health(
  { db, clock }: { db: Database; clock: Clock },
  isMigrated: () => boolean,
): Resource {
  const delaysOf = queueDelays({ db, clock });
  const api = resource('/', 'Health');
  api.get(
    '/health',
    {
      summary: 'Does the process live?',
      role: null,
      answer: z.object({ status: z.literal('ok') }),
    },
    () => ({ status: 'ok' as const }),
  );
  api.get(
    '/ready',
    {
      summary: 'Can it serve?',
      role: null,
      answer: readiness,
      otherAnswers: { 503: readiness },
    },
    async ({ res }) => {
      const database = await inTime(
        db.query('SELECT 1').then(() => true),
        false,
      );
      const migrations = isMigrated();
      // Where the tables may not be there, or nobody answers, nothing is asked of them.
      const delays = database && migrations ? await inTime(delaysOf(), null) : null;
      const isReady = database && migrations && delays !== null;
      const links = isReady ? await listLinks(db).catch(() => []) : [];
      res.status(isReady ? 200 : 503).json({
        status: isReady ? 'ready' : 'not ready',
        checks: { database, migrations, queues: delays !== null },
        queues: delays ?? [],
        links: links.map(({ channel, state }) => ({ channel, state })),
      });
    },
  );
  return api;
}

/** What the work comes to, or `otherwise` when it fails or takes longer than somebody who asks would wait. */
async function inTime<T>(work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), READY_TIMEOUT_MS);
  });
  const result = await Promise.race([work.catch(() => otherwise), timeout]);
  clearTimeout(timer);
  return result;
}
