import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Knex } from 'knex';

/** migrations/ beside src/, in the source tree or in dist/. */
const FOLDER = path.join(__dirname, '..', '..', 'migrations');
const load = createRequire(__filename);
const FILE = /^(\d{4}_[a-z0-9_]+)\.[jt]s$/;

/** Migrations under their names without ending, so that source and build share one history. */
export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: () =>
    Promise.resolve(
      readdirSync(FOLDER)
        .flatMap((file) => FILE.exec(file)?.[1] ?? [])
        .sort(),
    ),
  getMigrationName: (name) => name,
  // Not import(): it wants the ending, and the ending differs between source and build.
  getMigration: (name) => Promise.resolve(load(path.join(FOLDER, name)) as Knex.Migration),
};
