import type { Bench } from '../bench';
import type { ChatCell, ChatContender } from '../results';
import { cpuOfProcess } from '../server';
import type { CounterReader } from './counters';
import type { LoadProcess, Running } from './processes';
import type { LoadOrder } from './protocol';

export interface ChatUnderTest {
  who: ChatContender;
  app: Running;
  load: LoadProcess;
  counters: CounterReader;
  bench: Bench;
}

/** One run of the load, with what each process and the database spent on a message of it. */
export async function measureChatCell(
  { who, app, load, counters, bench }: ChatUnderTest,
  scenario: Omit<LoadOrder, 'url'>,
): Promise<ChatCell> {
  const read = async () => ({
    app: cpuOfProcess(app.pid),
    load: cpuOfProcess(load.pid),
    server: bench.cpu.read().serverMs,
    ...(await counters.read()),
  });
  const before = await read();
  const figures = await load.run({ url: app.url, ...scenario });
  const after = await read();
  const each = (now: number | null, then: number | null) =>
    now === null || then === null ? null : (now - then) / Math.max(1, figures.offered);
  const { pace, platformMs, mix } = scenario;
  return {
    who,
    mix: mix.name,
    perSecond: 'perSecond' in pace ? pace.perSecond : null,
    customers: 'customers' in pace ? pace.customers : null,
    platformMs,
    figures,
    turnsPerSecond: (figures.answered / figures.elapsedMs) * 1_000,
    appCpuMs: each(after.app, before.app),
    serverCpuMs: each(after.server, before.server),
    loadCpuMs: each(after.load, before.load),
    statements: (after.statements - before.statements) / Math.max(1, figures.offered),
    syncs: (after.syncs - before.syncs) / Math.max(1, figures.offered),
  };
}
