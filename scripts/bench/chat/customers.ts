import type { Message, Mix } from './protocol';

/** Enough that nobody writes again before they were answered, unless the product is seconds behind. */
const RETURNING = 5_000;
const MAX_TRIES = 20;
/** Page-scoped ids of Messenger have sixteen digits. */
const FIRST_ID = 7_000_000_000_000_000;

export interface Customers {
  /** Who writes next, and what; of those who return, somebody who waits for nothing, while there is anybody. */
  next: (mix: Mix, waits: (psid: string) => boolean) => { psid: string; message: Message };
}

/** New and returning customers in the mix's proportion. Somebody who has never written says hello first, whatever the mix. */
export function createCustomers(): Customers {
  let made = 0;
  let turn = 0;
  let owed = 0;
  const known: string[] = [];

  const newcomer = () => {
    made += 1;
    const psid = String(FIRST_ID + made);
    if (known.length < RETURNING) known.push(psid);
    return { psid, message: { text: 'hi' } };
  };

  return {
    next: (mix, waits) => {
      owed += mix.newPercent;
      if (owed >= 100) {
        owed -= 100;
        return newcomer();
      }
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        turn += 1;
        const psid = known[turn % Math.max(1, known.length)];
        if (psid !== undefined && !waits(psid)) return { psid, message: pick(mix, turn) };
      }
      const psid = known[turn % Math.max(1, known.length)];
      if (psid === undefined) return newcomer();
      return { psid, message: pick(mix, turn) };
    },
  };
}

/** By weight, evenly spread and the same in each run. */
function pick({ says }: Mix, turn: number): Message {
  const total = says.reduce((sum, { weight }) => sum + weight, 0);
  // Steps of the golden ratio: they fall evenly, and never into a rhythm with who writes.
  let at = ((turn * GOLDEN) % 1) * total;
  for (const { message, weight } of says) {
    if (at < weight) return message;
    at -= weight;
  }
  return says[0]!.message;
}

const GOLDEN = (Math.sqrt(5) - 1) / 2;
