import { createBusiness, firstBusiness } from './businesses/business-store';
import { resealStored } from './businesses/live-accounts';
import type { Config } from './config';
import { loadDemoShop } from './demo/load-demo-shop';
import type { Log } from './lib/log';
import { openDatabase, type Database } from './db/database';
import { isUnavailable } from './db/errors';
import { migrateToLatest, pendingMigrations } from './db/migrate';

/** A database that is not there yet is asked again this often; `/ready` says 503 meanwhile. */
const RETRY_MS = 1_000;

/**
 * Makes the database ready to serve: the schema, the first business, the demo shop outside production (section 19). Any
 * number of instances may do this at once. Returns the id of the first business.
 */
export async function prepareDatabase(config: Config, log: Log): Promise<number> {
  for (;;) {
    try {
      return await prepare(config, log);
    } catch (error) {
      if (!isUnavailable(error)) throw explained(error);
      log.warn(
        { code: (error as { code?: string }).code },
        'the database does not answer yet; trying again',
      );
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

async function prepare(config: Config, log: Log): Promise<number> {
  if (config.migrateOnStart) {
    const names = await migrateToLatest(config.databaseUrl);
    if (names.length > 0)
      log.info({ migrations: names.length }, 'the database schema was brought up to date');
  } else {
    const pending = await pendingMigrations(config.databaseUrl);
    if (pending.length > 0) {
      throw new Error(
        `The database lacks ${pending.length} migrations. Run "npm run migrate", or set MIGRATE_ON_START=true.`,
      );
    }
  }
  const db = openDatabase(config.databaseUrl, 2);
  try {
    const resealed = await resealStored(db, config);
    if (resealed > 0) log.info({ resealed }, 'stored credentials were encrypted with the new key');
    return await firstBusinessId(db, config);
  } finally {
    await db.close();
  }
}

async function firstBusinessId(db: Database, config: Config): Promise<number> {
  const existing = await firstBusiness(db);
  if (existing) return existing.id;
  if (config.demoData) return (await loadDemoShop(db, { now: new Date() })).businessId;
  return createBusiness(db, { slug: 'main', name: 'My shop' });
}

function explained(error: unknown): unknown {
  const { errno } = error as { errno?: number };
  if (errno === 1045 || errno === 1044) {
    return new Error(
      'The database refuses the account of DATABASE_URL: check its name, password and rights.',
      { cause: error },
    );
  }
  if (errno === 1419) {
    return new Error(
      'The database does not let this account create triggers while its binary log is on. Set log_bin_trust_function_creators=1 on the server.',
      { cause: error },
    );
  }
  return error;
}
