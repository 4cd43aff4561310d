import { Router } from 'express';
import type { Database } from '../db/database';

/** A database that takes longer than this is not ready to serve. */
const READY_TIMEOUT_MS = 3_000;

/** `/health`: the process lives. `/ready`: the database answers and the schema is this version's (API-3). */
export function health(db: Database, isMigrated: () => boolean): Router {
  const router = Router();
  router.get('/health', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/ready', async (_req, res) => {
    const database = await answers(db);
    const migrations = isMigrated();
    const isReady = database && migrations;
    res
      .status(isReady ? 200 : 503)
      .json({ status: isReady ? 'ready' : 'not ready', checks: { database, migrations } });
  });
  return router;
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
