/** How much is measured, and how long. */
export interface Scale {
  name: 'tiny' | 'quick' | 'default' | 'full';
  products: number;
  users: number;
  /** Connections that every contender has, as DATABASE_POOL_SIZE gives the product. */
  poolSize: number;
  /** Runs of each contender, taken in turns; the median counts. */
  runs: number;
  warmUpMs: number;
  runMs: number;
  /** Callers that place orders of one line each. */
  callers: number[];
  /** Lines per order, measured with `linesCallers` callers. */
  lines: number[];
  linesCallers: number;
  stockCallers: number[];
  growth: {
    /** The first of each list is the reference that the others are compared with. */
    orders: number[];
    products: number[];
    rounds: number;
    ordersPerRound: number;
    callers: number;
  };
  chat: {
    /** First messages before anything is measured: the customers who return. */
    customers: number;
    perSecond: number;
    runMs: number;
    /** Customers at once in the closed loop, by how long the platform takes. */
    atOnce: { platformMs: number; customers: number }[];
    /** An hour's worth of messages of a busy shop, sent as fast as `perSecond`. */
    hour: number;
  };
}

const standard: Scale = {
  name: 'default',
  products: 1_000,
  users: 20_000,
  poolSize: 20,
  runs: 3,
  warmUpMs: 300,
  runMs: 1_000,
  callers: [1, 8, 64, 256],
  lines: [2, 3, 4, 5],
  linesCallers: 64,
  stockCallers: [1, 8, 64],
  growth: {
    orders: [1_000, 10_000, 100_000, 300_000],
    products: [100, 1_000, 10_000, 100_000],
    rounds: 5,
    ordersPerRound: 1_500,
    callers: 64,
  },
  chat: {
    customers: 3_000,
    perSecond: 500,
    runMs: 20_000,
    atOnce: [
      { platformMs: 0, customers: 64 },
      { platformMs: 100, customers: 192 },
    ],
    hour: 36_000,
  },
};

export const SCALES: Record<Scale['name'], Scale> = {
  default: standard,
  full: {
    ...standard,
    name: 'full',
    growth: { ...standard.growth, orders: [1_000, 10_000, 100_000, 1_000_000, 5_000_000] },
  },
  quick: {
    ...standard,
    name: 'quick',
    runs: 2,
    warmUpMs: 200,
    runMs: 600,
    callers: [1, 64, 256],
    lines: [5],
    growth: {
      ...standard.growth,
      orders: [1_000, 20_000],
      products: [100, 10_000],
      rounds: 3,
      ordersPerRound: 1_000,
    },
    chat: { ...standard.chat, customers: 1_500, runMs: 6_000, hour: 6_000 },
  },
  /** Only shows that everything runs; its figures mean nothing. */
  tiny: {
    ...standard,
    name: 'tiny',
    products: 20,
    users: 50,
    poolSize: 4,
    runs: 1,
    warmUpMs: 10,
    runMs: 60,
    callers: [1, 8],
    lines: [3],
    linesCallers: 8,
    stockCallers: [2],
    growth: { orders: [20, 200], products: [10, 40], rounds: 1, ordersPerRound: 20, callers: 4 },
    chat: {
      customers: 5,
      perSecond: 20,
      runMs: 500,
      atOnce: [{ platformMs: 5, customers: 3 }],
      hour: 10,
    },
  },
};
