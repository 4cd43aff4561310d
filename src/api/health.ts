import { z } from 'zod';
import { LINK_STATES, listLinks } from '../channels/whatsapp-web/link-store';
import type { Database } from '../db/database';
import { resource, type Resource } from './resource';

/** A database that takes longer than this is not ready to serve. */
const READY_TIMEOUT_MS = 3_000;

const readiness = z.object({
  status: z.enum(['ready', 'not ready']),
  checks: z.object({ database: z.boolean(), migrations: z.boolean() }),
  links: z
    .array(z.object({ channel: z.string(), state: z.enum(LINK_STATES) }))
    .describe(
      'Numbers that are linked by a browser: one that is not connected makes nobody unready',
    ),
});

/** `/health`: the process lives. `/ready`: the database answers and the schema is this version's (API-3). */
export function health(db: Database, isMigrated: () => boolean): Resource {
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
      const database = await answers(db);
      const migrations = isMigrated();
      const isReady = database && migrations;
      const links = isReady ? await listLinks(db).catch(() => []) : [];
      res.status(isReady ? 200 : 503).json({
        status: isReady ? 'ready' : 'not ready',
        checks: { database, migrations },
        links: links.map(({ channel, state }) => ({ channel, state })),
      });
    },
  );
  return api;
}

async function answers(db: Database): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), READY_TIMEOUT_MS);
  });
  const query = db.query('SELECT 1').then(
    () => true,
    () => false,
  );
  const result = await Promise.race([query, timeout]);
  clearTimeout(timer);
  return result;
}
