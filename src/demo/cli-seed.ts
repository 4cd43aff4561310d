import { readConfig } from '../config';
import { loadDemoShop } from './load-demo-shop';
import { openDatabase } from '../db/database';
import { migrateToLatest } from '../db/migrate';

/** `npm run seed`: brings the schema up to date and loads the demo shop, once. */
async function main(): Promise<void> {
  const settings = readConfig(process.env);
  if (!settings.ok)
    throw new Error(
      `These settings are wrong:\n${settings.problems.map((p) => `  - ${p}`).join('\n')}`,
    );
  const { databaseUrl, demoData } = settings.config;
  if (!demoData)
    throw new Error(
      'The demo shop is not for production. Set ENABLE_DEMO_DATA=true if you want it here.',
    );
  await migrateToLatest(databaseUrl);
  const db = openDatabase(databaseUrl, 2);
  try {
    const { businessId, products, isNew } = await loadDemoShop(db, { now: new Date() });
    const what = isNew
      ? 'The demo shop was loaded'
      : 'The shop was there already and was left alone';
    process.stdout.write(`${what}: business ${businessId}, ${products} products.\n`);
  } finally {
    await db.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
