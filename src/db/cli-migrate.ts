import { migrateDown, migrateToLatest } from './migrate';

/** `npm run migrate` and `npm run migrate:down`: the schema of DATABASE_URL, up to date or taken back. */
async function main(direction: string | undefined): Promise<void> {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error('DATABASE_URL is not set.');
  if (direction === 'down') return tell('taken back', await migrateDown(url));
  if (direction === 'latest') return tell('applied', await migrateToLatest(url));
  throw new Error('Say what to do: latest or down.');
}

function tell(what: string, names: string[]): void {
  const list = names.map((name) => `  ${name}`).join('\n');
  process.stdout.write(
    names.length === 0 ? 'Nothing to do.\n' : `${names.length} migrations ${what}:\n${list}\n`,
  );
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
