import type { LoadResult } from './chat/protocol';
import type { ContenderName } from './contenders/contender';
import type { Run } from './load';
import type { Machine, Server } from './server';
import type { SuiteName } from './options';

/** What a run of the benchmark leaves behind as JSON; docs/performance.md is rendered from nothing else. */
export interface Results {
  server: Server;
  machine: Machine;
  suites: { orders?: OrdersResult; stock?: StockResult; growth?: GrowthResult; chat?: ChatResult };
}

export interface SuiteResult {
  /** When, with which command, and of which commit. */
  date: string;
  command: string;
  commit: string;
  seconds: number;
  /** Invariants that did not hold; figures of such a run are worth nothing. */
  problems: string[];
}

export interface ContenderFigures {
  name: ContenderName;
  figures: Run;
  /** The slowest and the fastest of its runs. */
  range: [number, number];
  /** Tindera's orders per second by this one's: the median over the runs that were taken next to each other. */
  ratio: number;
}

export interface OrdersCell {
  demand: 'spread' | 'hot';
  callers: number;
  lines: number;
  contenders: ContenderFigures[];
}
export interface OrdersResult extends SuiteResult {
  cells: OrdersCell[];
  /** Connections of baseline (a), the best of those tried. */
  groupWriters: number;
  runs: number;
  runMs: number;
  poolSize: number;
  products: number;
  /** Rows of each table for one order: the product's and the baselines'. */
  rows: { table: string; product: number; baseline: number }[];
}

export interface StockCell {
  items: number;
  callers: number;
  /** Whether orders were placed meanwhile. */
  underLoad: boolean;
  figures: Run;
  /** The same rows by one plain SELECT. */
  baseline: Run;
}
export interface StockResult extends SuiteResult {
  cells: StockCell[];
}

export interface GrowthPoint {
  what: 'orders' | 'products';
  size: number;
  contender: ContenderName;
  figures: Run;
  /** Cost per order here by the cost in the small shop, measured in turns: wall time, and CPU of application and server. */
  timeRatio: number;
  cpuRatio: number | null;
}
export interface GrowthResult extends SuiteResult {
  points: GrowthPoint[];
  reference: { orders: number; products: number };
  ordersPerRound: number;
  callers: number;
  /** How long the largest shop took to generate. */
  generatedInSeconds: number;
}

export type ChatContender = 'tindera' | 'baseline';

export interface ChatCell {
  who: ChatContender;
  mix: string;
  /** Offered messages a second (an open loop); null where so many customers each waited for their reply. */
  perSecond: number | null;
  customers: number | null;
  /** How long the platform took for each of our requests. */
  platformMs: number;
  figures: LoadResult;
  /** First replies handed to the platform in a second. */
  turnsPerSecond: number;
  /** For each message: CPU by process, round trips to the database, and times it forced something to the disk. */
  appCpuMs: number | null;
  serverCpuMs: number | null;
  loadCpuMs: number | null;
  statements: number;
  syncs: number;
}
export interface ChatMemory {
  who: ChatContender;
  /** From the start of the process, with a migrated database, to its first answer that it is ready. */
  readyMs: number;
  idleMb: number | null;
  /** After `messages` messages, an hour's worth. */
  afterMb: number | null;
  messages: number;
}
export interface ChatResult extends SuiteResult {
  cells: ChatCell[];
  memory: ChatMemory[];
  /** What each mix is made of, in words. */
  mixes: { name: string; about: string }[];
}

export type SuiteResults = { [Name in SuiteName]: NonNullable<Results['suites'][Name]> };
