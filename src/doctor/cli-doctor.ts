import { parseArgs } from 'node:util';
import { isUnavailable } from '../db/errors';
import { allChecks } from './checks/all-checks';
import { credentialChecks } from './checks/credentials';
import { examine, SECONDS_PER_CHECK } from './examine';
import { exitCodeOf, toJson, toText } from './report';

const USAGE = `npm run doctor [-- --json] [--seconds N]
  Checks a live database (DATABASE_URL) and changes nothing. N is the time that one check may take (${SECONDS_PER_CHECK}).
  Exit code: 0 all is well, 1 something is wrong, 2 it could not be checked.`;

const CANNOT_CHECK = 2;

async function main(): Promise<void> {
  const { json, seconds, help } = readArguments();
  if (help) return say(USAGE);
  try {
    const url = process.env.DATABASE_URL;
    if (!url) throw new Error('DATABASE_URL is not set');
    const { ENCRYPTION_KEY, ENCRYPTION_KEY_PREVIOUS } = process.env;
    const diagnosis = await examine(url, {
      secondsPerCheck: seconds,
      checks: [...allChecks, ...credentialChecks(ENCRYPTION_KEY, ENCRYPTION_KEY_PREVIOUS)],
    });
    say(json ? toJson(diagnosis) : toText(diagnosis));
    process.exitCode = exitCodeOf(diagnosis);
  } catch (error) {
    const reason = explain(error);
    if (json) say(JSON.stringify({ ok: false, error: reason }));
    else process.stderr.write(`Could not check: ${reason}\n`);
    process.exitCode = CANNOT_CHECK;
  }
}

function readArguments(): { json: boolean; seconds: number; help: boolean } {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      seconds: { type: 'string', default: String(SECONDS_PER_CHECK) },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const seconds = Number(values.seconds);
  if (!Number.isFinite(seconds) || seconds <= 0)
    throw new Error('--seconds takes a number above 0');
  return { json: values.json, seconds, help: values.help };
}

/** One line, without the address, which may hold a password. */
function explain(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (isUnavailable(error)) return `the database does not answer (${code ?? message})`;
  if (code === 'ERR_INVALID_URL')
    return 'DATABASE_URL is not an address like mysql://user@host/database';
  return (message ?? String(error)).split('\n')[0] ?? '';
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n${USAGE}\n`);
  process.exitCode = CANNOT_CHECK;
});
