import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(__dirname, '..', '..');
const run = promisify(execFile);

/** The program that `npm test` has built just now, for as many orders as the suite has time for; `npm run soak` goes on for minutes. */
function soak(...args: string[]): Promise<{ stdout: string }> {
  return run(process.execPath, ['dist/scripts/soak/main.js', ...args], { cwd: ROOT });
}

function soakUrl(): string {
  const server = process.env.TEST_DATABASE_URL;
  if (!server) throw new Error('TEST_DATABASE_URL is not set: run the tests with "npm test"');
  const url = new URL(server);
  url.pathname = `/tindera_soak_test_${process.env.JEST_WORKER_ID ?? '1'}_${process.pid}`;
  return url.href;
}

it('oversells nothing and lets no deadlock reach any of 32 callers who want the same things in any order', async () => {
  const { stdout } = await soak('--orders=600', '--minutes=2', `--database=${soakUrl()}`);
  expect(stdout).toContain('errors that reached callers: 0');
  expect(stdout).toContain('the doctor is content');
  expect(stdout).toMatch(/place .*PLACED \d+/);
}, 180_000);
