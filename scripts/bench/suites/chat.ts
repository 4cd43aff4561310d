import { setTimeout as delay } from 'node:timers/promises';
import { loadDemoShop } from '../../../src/demo/load-demo-shop';
import { openDatabase, type Database } from '../../../src/db/database';
import type { Bench, Found } from '../bench';
import { measureChatCell, type ChatUnderTest } from '../chat/measure-cell';
import { makeMixes, type Mixes } from '../chat/mixes';
import {
  residentMb,
  startApp,
  startBaseline,
  startLoad,
  type LoadProcess,
  type Running,
} from '../chat/processes';
import { settled, wrongInChat } from '../chat/check-chat';
import { readCounters } from '../chat/counters';
import type { LoadOrder } from '../chat/protocol';
import type { ChatCell, ChatContender, ChatMemory, ChatResult } from '../results';
import { dropDatabase, makeDatabase } from '../shop/bench-database';

/** After its start a process still compiles and caches; then it is idle. */
const SETTLE_MS = 3_000;
const WARM_UP_PER_SECOND = 150;

/**
 * The way of a message (PERF-3, PERF-4, PERF-8): signed webhooks against the product as it runs in production, and a platform
 * that takes the replies, beside an express handler that only stores and answers.
 */
export async function measureChat(bench: Bench): Promise<Found<ChatResult>> {
  await makeDatabase(bench.url);
  const db = openDatabase(bench.url, 2);
  const load = await startLoad();
  try {
    await loadDemoShop(db, { now: new Date() });
    await db.execute(
      'CREATE TABLE bench_plain_messages (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, body TEXT NOT NULL)',
    );
    const mixes = await makeMixes(db);
    const cells: ChatCell[] = [];
    const memory: ChatMemory[] = [];
    const problems: string[] = [];
    for (const who of ['baseline', 'tindera'] as const) {
      const found = await measureContender(bench, db, load, mixes, who);
      cells.push(...found.cells);
      memory.push(found.memory);
      problems.push(...found.cells.flatMap(lossesOf));
    }
    problems.push(...(await wrongInChat(db)));
    const about = Object.values(mixes).map(({ mix, about: text }) => ({
      name: mix.name,
      about: text,
    }));
    return { cells, memory, mixes: about, problems };
  } finally {
    await load.stop();
    await db.close();
    await dropDatabase(bench.url);
  }
}

async function measureContender(
  bench: Bench,
  db: Database,
  load: LoadProcess,
  mixes: Mixes,
  who: ChatContender,
): Promise<{ cells: ChatCell[]; memory: ChatMemory }> {
  const start = who === 'tindera' ? startApp : startBaseline;
  const app = await start(bench.url, load.graphUrl);
  const counters = await readCounters(bench.url);
  const { chat } = bench.scale;
  try {
    await delay(Math.min(SETTLE_MS, chat.runMs));
    const idleMb = residentMb(app.pid);
    const under: ChatUnderTest = { who, app, load, counters, bench };
    await load.run(first(app, chat, mixes));
    const cells: ChatCell[] = [];
    for (const scenario of scenarios(chat, mixes)) {
      await settled(db);
      const cell = await measureChatCell(under, scenario);
      bench.say(lineOf(cell));
      cells.push(cell);
    }
    await load.run({ url: app.url, ...hour(chat, mixes) });
    await settled(db);
    await delay(Math.min(SETTLE_MS, chat.runMs));
    const { readyMs } = app;
    return {
      cells,
      memory: { who, readyMs, idleMb, afterMb: residentMb(app.pid), messages: chat.hour },
    };
  } finally {
    await counters.close();
    await app.stop();
  }
}

type Scenario = Omit<LoadOrder, 'url'>;
type ChatScale = Bench['scale']['chat'];

/** The customers who return are made here, slowly enough for both, and the code is warm afterwards. */
function first(app: Running, chat: ChatScale, mixes: Mixes): LoadOrder {
  const perSecond = Math.min(chat.perSecond, WARM_UP_PER_SECOND);
  return {
    url: app.url,
    pace: { perSecond },
    ms: (chat.customers / perSecond) * 1_000,
    platformMs: 0,
    mix: mixes.newcomers.mix,
  };
}

function scenarios({ perSecond, runMs: ms, atOnce }: ChatScale, mixes: Mixes): Scenario[] {
  const pace = { perSecond };
  const { shopping, newcomers } = mixes;
  return [
    { pace, ms, platformMs: 0, mix: shopping.mix },
    { pace, ms, platformMs: 100, mix: shopping.mix },
    { pace, ms, platformMs: 0, mix: newcomers.mix },
    ...atOnce.map(({ platformMs, customers }) => ({
      pace: { customers },
      ms,
      platformMs,
      mix: shopping.mix,
    })),
  ];
}

const hour = ({ hour: messages, perSecond }: ChatScale, { shopping }: Mixes): Scenario => ({
  pace: { perSecond },
  ms: (messages / perSecond) * 1_000,
  platformMs: 0,
  mix: shopping.mix,
});

/** Whatever was not acknowledged or not answered in half a minute. */
function lossesOf({ who, mix, figures }: ChatCell): string[] {
  const { offered, acknowledged, answered, refused, overlaps } = figures;
  const wrong: string[] = [];
  if (refused > 0 || acknowledged < offered)
    wrong.push(`${who}, ${mix}: ${offered - acknowledged} of ${offered} messages not acknowledged`);
  if (answered < acknowledged)
    wrong.push(`${who}, ${mix}: ${acknowledged - answered} messages not answered`);
  if (who === 'tindera' && overlaps > 0)
    wrong.push(`${who}, ${mix}: ${overlaps} requests met another one to the same person`);
  return wrong;
}

const lineOf = ({
  who,
  mix,
  perSecond,
  customers,
  platformMs,
  figures,
  ...cell
}: ChatCell): string =>
  `  ${who}, ${mix}, ${perSecond === null ? `${customers} at once` : `${perSecond}/s`}, platform ${platformMs} ms: ` +
  `${cell.turnsPerSecond.toFixed(0)} turns/s, ack p50 ${figures.ackMs.p50.toFixed(1)} p99 ${figures.ackMs.p99.toFixed(1)} ms, ` +
  `turn p50 ${figures.turnMs.p50.toFixed(1)} p99 ${figures.turnMs.p99.toFixed(1)} ms; CPU ms: app ${cell.appCpuMs?.toFixed(2)}, ` +
  `server ${cell.serverCpuMs?.toFixed(2)}, load ${cell.loadCpuMs?.toFixed(2)}; ${cell.statements.toFixed(1)} statements, ${cell.syncs.toFixed(2)} syncs`;
