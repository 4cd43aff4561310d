import { fork } from 'node:child_process';
import path from 'node:path';
import type {
  BrowserNews,
  BrowserOptions,
  BrowserOrder,
  FileOutcome,
  SendOrder,
  SendOutcome,
} from './messages';

/** A browser that runs in a process of its own. */
export interface Browser {
  /** Resolves with what became of it, also when the browser dies meanwhile. */
  send(order: SendOrder, beginBefore: number): Promise<SendOutcome>;
  /** The file of a message; resolves as `send` does. */
  download(messageId: string, maxBytes: number): Promise<FileOutcome>;
  catchUp(since: Date): void;
  /** Resolves when the process has ended. */
  stop(): Promise<void>;
}

export type OpenBrowser = (options: BrowserOptions, hear: (news: BrowserNews) => void) => Browser;

const MAIN = path.join(__dirname, 'browser', `main${path.extname(__filename)}`);
/** Less than the shutdown of the whole program may take (RUN-7). */
const STOP_LIMIT_MS = 5_000;

/** Starts the browser; `hear` is told of everything that happens in it, and last that it is closed, once. */
export const openBrowser: OpenBrowser = (options, hear) => {
  const child = fork(MAIN, [JSON.stringify(options)], {
    execArgv: MAIN.endsWith('.ts') ? ['--import', 'tsx'] : [],
    // What Chromium and the library print is not ours to say.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const waiting = new Map<number, (outcome: SendOutcome | FileOutcome) => void>();
  let requests = 0;
  let isClosed = false;

  const closed = (reason: string) => {
    for (const settle of waiting.values())
      settle({ ok: false, why: 'failed', message: 'the browser was closed' });
    waiting.clear();
    if (isClosed) return;
    isClosed = true;
    hear({ kind: 'closed', reason });
  };
  const tell = (order: BrowserOrder): boolean => child.connected && child.send(order);

  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      closed(`the browser's process ended (${signal ?? `exit code ${code}`})`);
      resolve();
    });
    child.once('error', (error) => {
      closed(`the browser's process did not start: ${error.message}`);
      resolve();
    });
  });
  child.on('message', (news: BrowserNews) => {
    if (news.kind === 'closed') closed(news.reason);
    else if (news.kind !== 'sent' && news.kind !== 'file') hear(news);
    else {
      waiting.get(news.request)?.(news.outcome);
      waiting.delete(news.request);
    }
  });

  const ask = <Outcome extends SendOutcome | FileOutcome>(
    order: (request: number) => BrowserOrder,
  ): Promise<Outcome> =>
    new Promise((resolve) => {
      const request = (requests += 1);
      // The answer to a request is of its kind.
      waiting.set(request, resolve as (outcome: SendOutcome | FileOutcome) => void);
      if (isClosed || !child.connected) return closed('the browser is gone');
      tell(order(request));
    });

  return {
    send: (order, beginBefore) =>
      ask<SendOutcome>((request) => ({ kind: 'send', request, beginBefore, ...order })),
    download: (messageId, maxBytes) =>
      ask<FileOutcome>((request) => ({ kind: 'download', request, messageId, maxBytes })),
    catchUp: (since) => void tell({ kind: 'catch_up', since: since.getTime() }),
    stop: async () => {
      tell({ kind: 'stop' });
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await ended;
      clearTimeout(timer);
    },
  };
};
