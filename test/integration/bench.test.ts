import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import mysql from 'mysql2/promise';
import type { Results } from '../../scripts/bench/results';
import { connectionOptions } from '../../src/db/database';
import { splitDatabaseUrl } from '../../src/db/migrate';

const ROOT = path.join(__dirname, '..', '..');
const run = promisify(execFile);

describe('npm run bench', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'bench-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('measures every suite, finds every row in order, and leaves no database behind', async () => {
    const url = benchUrl('smoke');
    const json = path.join(folder, 'bench.json');
    const { stdout } = await bench('--tiny', `--json=${json}`, `--database=${url}`);

    expect(stdout).toContain('All checks of the rows passed');
    const { suites } = JSON.parse(await readFile(json, 'utf8')) as Results;
    expect(Object.values(suites).flatMap((suite) => suite.problems)).toEqual([]);
    for (const cell of suites.orders?.cells ?? []) {
      expect(cell.contenders.map(({ name }) => name)).toEqual([
        'tindera',
        'groups',
        'calls',
        'units',
      ]);
      for (const { figures } of cell.contenders) expect(figures.done).toBeGreaterThan(0);
    }
    // The baselines store what the product stores.
    for (const { baseline, product, table } of suites.orders?.rows ?? []) {
      expect([table, baseline]).toEqual([table, product]);
    }
    expect(suites.stock?.cells.length).toBeGreaterThan(0);
    expect(suites.growth?.points.map(({ what }) => what)).toEqual([
      'orders',
      'orders',
      'products',
      'products',
    ]);
    const chats = suites.chat?.cells ?? [];
    expect(new Set(chats.map(({ who }) => who))).toEqual(new Set(['baseline', 'tindera']));
    for (const { figures } of chats) expect(figures.answered).toBe(figures.offered);
    expect(await databasesLike(url)).toEqual([]);
  });

  it('leaves a database alone that holds something else', async () => {
    const url = benchUrl('foreign');
    const { server, name } = splitDatabaseUrl(url);
    const connection = await mysql.createConnection(connectionOptions(server));
    try {
      await connection.query('DROP DATABASE IF EXISTS ??', [name]);
      await connection.query('CREATE DATABASE ??', [name]);
      await connection.query('CREATE TABLE ??.precious (id INT PRIMARY KEY)', [name]);
      await expect(bench('--tiny', '--only=stock', `--database=${url}`)).rejects.toMatchObject({
        stderr: expect.stringContaining('left alone') as string,
      });
      expect(await databasesLike(url)).toEqual([name]);
      await connection.query('SELECT * FROM ??.precious', [name]);
    } finally {
      await connection.query('DROP DATABASE IF EXISTS ??', [name]);
      await connection.end();
    }
  });
});

/** The program that `npm test` has built just now. */
function bench(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return run(process.execPath, ['dist/scripts/bench/main.js', ...args], { cwd: ROOT });
}

function benchUrl(name: string): string {
  const server = process.env.TEST_DATABASE_URL;
  if (!server) throw new Error('TEST_DATABASE_URL is not set: run the tests with "npm test"');
  const url = new URL(server);
  url.pathname = `/tindera_bench_test_${process.env.JEST_WORKER_ID ?? '1'}_${name}`;
  return url.href;
}

async function databasesLike(url: string): Promise<string[]> {
  const { server, name } = splitDatabaseUrl(url);
  const connection = await mysql.createConnection(connectionOptions(server));
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(
      'SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE LEFT(SCHEMA_NAME, ?) = ?',
      [name.length, name],
    );
    return rows.map((row) => String(row.name));
  } finally {
    await connection.end();
  }
}
