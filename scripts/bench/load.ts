import { median, quantile } from './statistics';

/** One piece of work; returns how many orders (or checks) it did. */
export type Work = () => Promise<number>;

export interface Cpu {
  appMs: number;
  /** Null for a server whose process cannot be seen from here. */
  serverMs: number | null;
}
export interface CpuMeter {
  read(): Cpu;
}

export interface Run {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** CPU of this process, the driver of the load included, for each order. */
  appCpuMs: number;
  serverCpuMs: number | null;
  done: number;
  calls: number;
}

export interface Until {
  ms?: number;
  /** Ends after this many were done, however long it takes. */
  count?: number;
}

/** A closed loop: each caller starts its next piece of work as soon as the last one has ended. */
export async function drive(
  callers: number,
  until: Until,
  work: Work,
  cpu: CpuMeter,
): Promise<Run> {
  const latencies: number[] = [];
  let done = 0;
  let started = 0;
  const before = cpu.read();
  const startedAt = performance.now();
  const isOver = () =>
    (until.count !== undefined && started >= until.count) ||
    (until.ms !== undefined && performance.now() - startedAt >= until.ms);
  const caller = async () => {
    while (!isOver()) {
      started += 1;
      const from = performance.now();
      const did = await work();
      // Not `done += await …`: that reads `done` before it waits, and loses what others did meanwhile.
      done += did;
      latencies.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const elapsedMs = performance.now() - startedAt;
  const after = cpu.read();
  const serverMs =
    after.serverMs === null || before.serverMs === null ? null : after.serverMs - before.serverMs;
  return {
    perSecond: (done / elapsedMs) * 1_000,
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    appCpuMs: (after.appMs - before.appMs) / Math.max(1, done),
    serverCpuMs: serverMs === null ? null : serverMs / Math.max(1, done),
    done,
    calls: latencies.length,
  };
}

/** The median of each figure over the runs. */
export function summarise(runs: readonly Run[]): Run {
  const of = (pick: (run: Run) => number) => median(runs.map(pick));
  const server = runs.flatMap((run) => run.serverCpuMs ?? []);
  return {
    perSecond: of((run) => run.perSecond),
    p50Ms: of((run) => run.p50Ms),
    p99Ms: of((run) => run.p99Ms),
    appCpuMs: of((run) => run.appCpuMs),
    serverCpuMs: server.length === 0 ? null : median(server),
    done: runs.reduce((sum, run) => sum + run.done, 0),
    calls: runs.reduce((sum, run) => sum + run.calls, 0),
  };
}
