import type { BenchOrder } from '../shop/bench-orders';
import type { BenchShop } from '../shop/bench-shop';

export type ContenderName = 'tindera' | 'groups' | 'calls' | 'units';

/** One way to place orders, on a shop of its own kind of tables. */
export interface Contender {
  name: ContenderName;
  /** Orders that one call of `place` takes. */
  groupSize: number;
  /** Callers that it always has, whatever the scenario; null: those of the scenario. */
  fixedCallers: number | null;
  /** Places the orders and returns how many were placed. */
  place(orders: BenchOrder[]): Promise<number>;
  /** Called before each run, outside of the measured time. */
  refill(): Promise<void>;
  /** What is wrong with what it has stored, when `placed` orders were answered. */
  check(placed: number): Promise<string[]>;
  close(): Promise<void>;
}

export type MakeContender = (shop: BenchShop) => Promise<Contender>;

export const LABELS: Record<ContenderName, string> = {
  tindera: 'Tindera (createOrder)',
  groups: '(a) least SQL, groups of 50',
  calls: '(b) one transaction per order',
  units: '(c) one row per unit, SKIP LOCKED',
};
