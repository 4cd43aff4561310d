import { parseArgs } from 'node:util';

export interface Options {
  databaseUrl: string;
  /** The soak ends after this time, or after so many placements were tried, whichever is first. */
  minutes: number;
  orders: number;
  callers: number;
  instances: number;
  seed: number;
}

export const USAGE = `npm run soak [-- options]
  --minutes=3            how long
  --orders=N             ends earlier, after so many tries to place an order
  --callers=32           who do things at once
  --instances=2          pools of connections and group commits of their own, as so many processes would have
  --seed=1               what the callers do; when they do it is up to the machine
  --database=mysql://…   another server (also SOAK_DATABASE_URL or DATABASE_URL); its database tindera_soak is made anew`;

/** Everything is made in a database of this name, or one that begins with it; nothing else on the server is touched. */
const DATABASE = 'tindera_soak';

export function readOptions(args: string[], env: NodeJS.ProcessEnv): Options | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '3' },
      orders: { type: 'string', default: 'Infinity' },
      callers: { type: 'string', default: '32' },
      instances: { type: 'string', default: '2' },
      seed: { type: 'string', default: '1' },
      database: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    databaseUrl: soakUrl(values.database ?? (env.SOAK_DATABASE_URL || env.DATABASE_URL)),
    minutes: positive('minutes', values.minutes),
    orders: positive('orders', values.orders),
    callers: positive('callers', values.callers),
    instances: positive('instances', values.instances),
    seed: positive('seed', values.seed),
  };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${name} takes a number above 0, not "${text}"`);
  return number;
}

/** A shop's own database is never the one that is soaked, whatever the address names. */
function soakUrl(given: string | undefined): string {
  if (!given)
    throw new Error('There is no server: run it with "npm run soak", or set SOAK_DATABASE_URL');
  const url = new URL(given);
  if (!url.pathname.startsWith(`/${DATABASE}`)) url.pathname = `/${DATABASE}`;
  return url.href;
}
