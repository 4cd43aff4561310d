import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { ORDER_STATUSES, PAYMENT_STATUSES } from '../../../src/orders/order-states';
import { PRODUCT_STATUSES } from '../../../src/catalog/product';
import { useDatabase } from '../../support/database';
import { createTestDatabase } from '../../support/test-database';

const test = useDatabase();
const SQL = path.join(__dirname, '..', '..', '..', 'migrations', 'sql');
const namesOf = (kind: string) =>
  readdirSync(path.join(SQL, kind))
    .map((file) => file.split('.')[0] ?? '')
    .sort();

const CATALOGUE: Record<string, string> = {
  tables:
    "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE'",
  views: 'SELECT TABLE_NAME AS name FROM information_schema.VIEWS WHERE TABLE_SCHEMA = DATABASE()',
  procedures:
    'SELECT ROUTINE_NAME AS name FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE()',
  triggers:
    'SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = DATABASE()',
  events:
    'SELECT EVENT_NAME AS name FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()',
};

it.each(Object.entries(CATALOGUE))(
  'every file of %s is an object of the database',
  async (kind, sql) => {
    const rows = await test.db.query<{ name: string }>(sql);
    expect(rows.map((row) => row.name)).toEqual(expect.arrayContaining(namesOf(kind)));
  },
);

it.each(['procedures', 'triggers', 'views', 'events'])(
  'no file of %s names a definer or takes a server-wide lock',
  (kind) => {
    for (const name of namesOf(kind)) {
      expect(readFileSync(path.join(SQL, kind, `${name}.sql`), 'utf8')).not.toMatch(
        /DEFINER\s*=|GET_LOCK|SQL SECURITY DEFINER/i,
      );
    }
  },
);

it('the migrations go down to nothing and up again', async () => {
  const own = await createTestDatabase();
  try {
    const run = (name: string) =>
      promisify(execFile)(
        process.execPath,
        [
          '--import',
          'tsx',
          '-e',
          `void require('./src/db/migrate.ts').${name}(process.argv[1])`,
          own.url,
        ],
        {
          cwd: path.join(SQL, '..', '..'),
        },
      );
    await run('migrateDown');
    const left = await own.db.query<{ name: string }>(CATALOGUE.tables!);
    expect(left.map((row) => row.name).sort()).toEqual([
      'migration_guard',
      'schema_migrations',
      'schema_migrations_lock',
    ]);
    for (const kind of ['views', 'procedures', 'triggers', 'events'])
      expect(await own.db.query(CATALOGUE[kind]!)).toEqual([]);
    await run('migrateToLatest');
    const names = (await own.db.query<{ name: string }>(CATALOGUE.procedures!))
      .map((row) => row.name)
      .sort();
    expect(names).toEqual(namesOf('procedures'));
  } finally {
    await own.drop();
  }
});

it.each([
  ['orders_order_status_check', ORDER_STATUSES],
  ['orders_payment_status_check', PAYMENT_STATUSES],
  ['products_status_check', PRODUCT_STATUSES],
])('%s lists the states of the code', async (constraint, states) => {
  const [row] = await test.db.query<{ clause: string }>(
    'SELECT CHECK_CLAUSE AS clause FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE() AND CONSTRAINT_NAME = ?',
    [constraint],
  );
  const named = [...(row?.clause ?? '').matchAll(/'([a-z_]+)\\?'/g)].map((match) => match[1]);
  expect(named).toEqual([...states]);
});

it('has more than 25 indexes, and the file of each says what it is for', async () => {
  const tables = [
    'orders',
    'order_items',
    'products',
    'product_variants',
    'inventory_reservations',
    'order_processing_queue',
  ];
  for (const table of tables) {
    const lines = readFileSync(path.join(SQL, 'tables', `${table}.sql`), 'utf8').split('\n');
    lines.forEach((line, at) => {
      if (!/^\s+INDEX /.test(line)) return;
      expect({ line, above: lines[at - 1] }).toEqual({
        line,
        above: expect.stringMatching(/^\s+(--|INDEX )/) as string,
      });
    });
  }
  const [row] = await test.db.query<{ indexes: number }>(
    'SELECT COUNT(DISTINCT TABLE_NAME, INDEX_NAME) AS indexes FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE()',
  );
  expect(row?.indexes).toBeGreaterThan(25);
});

it('cleans up on a schedule as a second line', async () => {
  const rows = await test.db.query(
    'SELECT EVENT_NAME AS name, INTERVAL_VALUE AS every, INTERVAL_FIELD AS unit FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE() ORDER BY 1',
  );
  expect(rows).toEqual([
    { name: 'evt_cleanup_expired_reservations', every: '5', unit: 'MINUTE' },
    { name: 'evt_cleanup_old_queue_items', every: '1', unit: 'DAY' },
  ]);
});
