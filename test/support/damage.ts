import { readFileSync } from 'node:fs';
import path from 'node:path';
import type mysql from 'mysql2/promise';
import type { Queryable } from '../../src/db/database';
import { examine } from '../../src/doctor/examine';

const SQL = path.join(__dirname, '..', '..', 'migrations', 'sql');

/** Does something while a trigger is away, as after a restore without triggers. */
export async function withoutTrigger(
  q: Queryable,
  trigger: string,
  work: () => Promise<unknown>,
): Promise<void> {
  await q.execute(`DROP TRIGGER ${trigger}`);
  try {
    await work();
  } finally {
    await q.execute(readFileSync(path.join(SQL, 'triggers', `${trigger}.sql`), 'utf8'));
  }
}

/** Does something against a CHECK. MariaDB lets a session ignore it; on MySQL it has to be switched off for everybody. */
export async function withoutCheck(
  client: mysql.Connection,
  table: string,
  constraint: string,
  work: () => Promise<unknown>,
  mend: () => Promise<unknown>,
): Promise<() => Promise<void>> {
  const [[about]] = await client.query<mysql.RowDataPacket[]>('SELECT VERSION() AS version');
  const isMariaDb = String(about?.version).includes('MariaDB');
  const enforce = (isOn: boolean) =>
    isMariaDb
      ? client.query(`SET SESSION check_constraint_checks = ${isOn ? 'ON' : 'OFF'}`)
      : client.query(
          `ALTER TABLE ${table} ALTER CHECK ${constraint} ${isOn ? '' : 'NOT '}ENFORCED`,
        );
  await enforce(false);
  await work();
  return async () => {
    await mend();
    await enforce(true);
  };
}

/** Names of what the doctor finds wrong. */
export async function wrongChecks(url: string): Promise<string[]> {
  const { checks } = await examine(url);
  return checks.filter(({ outcome }) => outcome === 'wrong').map(({ name }) => name);
}
