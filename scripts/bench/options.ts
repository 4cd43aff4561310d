import path from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../../src/lib/project-root';
import { SCALES, type Scale } from './scales';

export const SUITES = ['orders', 'stock', 'growth', 'chat'] as const;
export type SuiteName = (typeof SUITES)[number];

export interface Options {
  databaseUrl: string;
  suites: SuiteName[];
  scale: Scale;
  /** Where the figures go as JSON. */
  json: string;
  /** Whether docs/performance.md is written anew. */
  write: boolean;
}

export const USAGE = `npm run bench [-- options]
  --only=orders,stock,growth,chat   some of the suites
  --quick                      a first look in about two minutes
  --full                       growth up to 5,000,000 orders, needs half an hour and 20 GB
  --database=mysql://…         another server (also BENCH_DATABASE_URL or DATABASE_URL); its database tindera_bench is made anew
  --json=FILE                  where the figures go (.data/bench.json)
  --write                      also renders docs/performance.md from the figures`;

/** Everything is made in a database of this name, or one that begins with it; nothing else on the server is touched. */
const DATABASE = 'tindera_bench';

export function readOptions(args: string[], env: NodeJS.ProcessEnv): Options | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', default: SUITES.join(',') },
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      tiny: { type: 'boolean', default: false },
      database: { type: 'string' },
      json: { type: 'string', default: path.join(projectRoot, '.data', 'bench.json') },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const scaleName = (['tiny', 'quick', 'full'] as const).find((name) => values[name]) ?? 'default';
  const { json, write } = values;
  if (write && scaleName === 'tiny')
    throw new Error('--tiny only tries the program; it has no figures to write');
  return {
    databaseUrl: benchUrl(values.database ?? (env.BENCH_DATABASE_URL || env.DATABASE_URL)),
    suites: readSuites(values.only),
    scale: SCALES[scaleName],
    json,
    write,
  };
}

function readSuites(only: string): SuiteName[] {
  const wanted = only.split(',').map((name) => name.trim());
  const unknown = wanted.filter((name) => !SUITES.some((suite) => suite === name));
  if (unknown.length > 0)
    throw new Error(`--only knows ${SUITES.join(', ')}, not ${unknown.join(', ')}`);
  return SUITES.filter((suite) => wanted.includes(suite));
}

/** A shop's own database is never the one that is measured in, whatever the address names. */
function benchUrl(given: string | undefined): string {
  if (!given)
    throw new Error('There is no server: run it with "npm run bench", or set BENCH_DATABASE_URL');
  const url = new URL(given);
  if (!url.pathname.startsWith(`/${DATABASE}`)) url.pathname = `/${DATABASE}`;
  return url.href;
}
