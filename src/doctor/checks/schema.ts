import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { migrationSource } from '../../db/migration-source';
import { projectRoot } from '../../lib/project-root';
import { byRows, type Check, type Look } from '../check';

const SQL_FOLDER = path.join(projectRoot, 'migrations', 'sql');

export const schemaChecks: readonly Check[] = [
  {
    id: 'DB-1',
    name: 'migrated',
    claim: 'every migration has run',
    level: 'wrong',
    why: 'The program expects a newer schema than it finds.',
    remedy: 'npm run migrate',
    find: pendingMigrations,
  },
  {
    id: 'DB-1',
    name: 'objects-exist',
    claim: 'every table, procedure, trigger, view and event is there',
    level: 'wrong',
    why: 'Something was dropped by hand or lost in a restore (a dump needs --routines, --triggers and --events).',
    remedy: 'Create it again from its file in migrations/sql/.',
    find: missingObjects,
  },
  {
    id: 'DB-1',
    name: 'constraints-hold',
    claim: 'every constraint and index of the tables is there and in force',
    level: 'wrong',
    why: 'Constraints are the last line of defence of stock, money and uniqueness; without an index a hot query reads the whole table.',
    remedy:
      'Add it again as its file in migrations/sql/tables/ has it; it is refused while rows violate it.',
    find: missingConstraints,
  },
  {
    id: 'DB-4',
    name: 'event-scheduler',
    claim: 'the event scheduler of the database runs the clean-up events',
    level: 'note',
    why: 'The events are the second line behind the jobs of ROLE=scheduler, which do the same.',
    remedy: 'SET GLOBAL event_scheduler = ON, where you may.',
    find: byRows(
      `SELECT 'event_scheduler' AS name, @@GLOBAL.event_scheduler AS state
       FROM (SELECT 1) AS one WHERE @@GLOBAL.event_scheduler <> 'ON'
       UNION ALL
       SELECT event_name, status FROM information_schema.events
       WHERE event_schema = DATABASE() AND status <> 'ENABLED'`,
    ),
  },
];

async function pendingMigrations(look: Look): Promise<void> {
  const done = await look.query<{ name: string }>('SELECT name FROM schema_migrations');
  const names = new Set(done.map(({ name }) => name));
  const all = await migrationSource.getMigrations([]);
  look.found(all.filter((name) => !names.has(name)).map((migration) => ({ migration })));
}

/** A folder of migrations/sql/ is a kind of object, a file in it an object of that name. */
async function missingObjects(look: Look): Promise<void> {
  const objects = await look.query<{ kind: string; name: string }>(
    `SELECT 'tables' AS kind, table_name AS name FROM information_schema.tables
     WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'
     UNION ALL
     SELECT 'views', table_name FROM information_schema.views WHERE table_schema = DATABASE()
     UNION ALL
     SELECT 'procedures', routine_name FROM information_schema.routines
     WHERE routine_schema = DATABASE() AND routine_type = 'PROCEDURE'
     UNION ALL
     SELECT 'triggers', trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()
     UNION ALL
     SELECT 'events', event_name FROM information_schema.events WHERE event_schema = DATABASE()`,
  );
  const there = new Set(objects.map(({ kind, name }) => `${kind}/${name}`));
  for (const kind of ['tables', 'procedures', 'triggers', 'views', 'events']) {
    const names = new Set(sqlFiles(kind).map(objectName));
    look.found(
      [...names]
        .filter((name) => !there.has(`${kind}/${name}`))
        .map((name) => ({ kind: kind.slice(0, -1), name })),
    );
  }
}

/** MySQL can keep a CHECK and not enforce it; MariaDB has no such column. */
async function missingConstraints(look: Look): Promise<void> {
  const columns = await look.query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE LOWER(table_schema) = 'information_schema' AND LOWER(table_name) = 'table_constraints'
       AND LOWER(column_name) = 'enforced'`,
  );
  const inForce = columns.length > 0 ? "AND enforced = 'YES'" : '';
  const there = await look.query<{ owner: string; name: string }>(
    `SELECT table_name AS owner, constraint_name AS name FROM information_schema.table_constraints
     WHERE constraint_schema = DATABASE() ${inForce}
     UNION
     SELECT table_name, index_name FROM information_schema.statistics WHERE table_schema = DATABASE()`,
  );
  const names = new Set(there.map(({ owner, name }) => `${owner}.${name}`));
  const tables = new Set(there.map(({ owner }) => owner));
  for (const file of sqlFiles('tables')) {
    const table = objectName(file);
    if (!tables.has(table)) continue;
    look.found(
      namedIn(readFileSync(path.join(SQL_FOLDER, 'tables', file), 'utf8'))
        .filter((name) => !names.has(`${table}.${name}`))
        .map((name) => ({ table, name })),
    );
  }
}

/** The names of the constraints and indexes of a CREATE TABLE, as the files in migrations/sql/tables/ write them. */
const namedIn = (createTable: string): string[] =>
  [...createTable.matchAll(/^\s+(?:CONSTRAINT|INDEX|FULLTEXT INDEX)\s+(\w+)/gm)].flatMap(
    ([, name]) => name ?? [],
  );

const sqlFiles = (kind: string): string[] =>
  readdirSync(path.join(SQL_FOLDER, kind)).filter((file) => file.endsWith('.sql'));

/** `sp_reserve.v2.sql` holds sp_reserve. */
const objectName = (file: string): string => file.split('.')[0] ?? file;
