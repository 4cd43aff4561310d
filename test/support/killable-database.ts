import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** A database server of a test's own, with nothing on it, that can lose its power. */
export interface KillableDatabase {
  /** A database that does not exist yet. */
  newUrl(): string;
  /** kill -9. */
  kill(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function killableDatabase(): Promise<KillableDatabase> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tindera-kill-'));
  const kind = process.env.TEST_DATABASE_KIND ?? 'mariadb';
  const script = path.join(__dirname, 'killable-server.mjs');
  const child = spawn(process.execPath, [script, kind, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => {
    const line = (await lines.next()) as IteratorResult<string, undefined>;
    if (line.done) throw new Error('the test’s own database server could not be run');
    return line.value;
  };
  const ask = async (command: string): Promise<void> => {
    child.stdin.write(`${command}\n`);
    await nextLine();
  };
  const server = await nextLine();
  return {
    newUrl: () => {
      const url = new URL(server);
      url.pathname = `/tindera_test_${randomBytes(6).toString('hex')}`;
      return url.href;
    },
    kill: () => ask('kill'),
    start: () => ask('start'),
    close: async () => {
      child.stdin.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
