import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Knex } from 'knex';

const KINDS = {
  tables: 'TABLE',
  procedures: 'PROCEDURE',
  triggers: 'TRIGGER',
  views: 'VIEW',
  events: 'EVENT',
} as const;
type Kind = keyof typeof KINDS;

/** The .sql files stay in the source tree, also when the code runs from dist/migrations/sql/. */
const ROOT = __dirname.replace(/([\\/])dist[\\/]migrations[\\/]sql$/, '$1migrations$1sql');

/**
 * Creates the object of `migrations/sql/<kind>/<name>.sql`, replacing one that is there (MySQL has no CREATE OR REPLACE for
 * routines and triggers). Tables are never dropped here: theirs is CREATE TABLE IF NOT EXISTS.
 */
export async function applySql(knex: Knex, file: string): Promise<void> {
  const { kind, name } = split(file);
  if (kind !== 'tables') await dropSql(knex, file);
  await knex.raw(readFileSync(path.join(ROOT, `${kind}/${name}.sql`), 'utf8'));
}

/** Drops the object that `applySql` made. */
export async function dropSql(knex: Knex, file: string): Promise<void> {
  const { kind, name } = split(file);
  await knex.raw(`DROP ${KINDS[kind]} IF EXISTS ${name.split('.')[0]}`);
}

/** Applies a list in order, for the `up` of a migration. */
export async function applyAll(knex: Knex, files: readonly string[]): Promise<void> {
  for (const file of files) await applySql(knex, file);
}

/** Drops a list in reverse order, for its `down`. */
export async function dropAll(knex: Knex, files: readonly string[]): Promise<void> {
  for (const file of [...files].reverse()) await dropSql(knex, file);
}

function split(file: string): { kind: Kind; name: string } {
  const [kind, name] = file.split('/');
  if (!kind || !name || !(kind in KINDS)) throw new Error(`no such kind of SQL object: ${file}`);
  return { kind: kind as Kind, name };
}
