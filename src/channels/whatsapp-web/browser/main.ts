import { rm } from 'node:fs/promises';
import type { BrowserNews, BrowserOptions, BrowserOrder } from '../messages';
import { downloadFile } from './download-file';
import { createClient, profileFolder, toMedia, type LibraryClient } from './library';
import { watchClient, type WatchedClient } from './watch-client';
import { watchHealth } from './watch-health';

/**
 * The process that runs the browser of one number. It is one of its own, because the library leaves errors unhandled that
 * end the process in which they happen, and because a browser may take any amount of memory and time: here that costs
 * nobody else anything. It ends with the one that started it.
 */
async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? '{}') as BrowserOptions;
  const client = await createClient(options);
  let isClosing = false;
  const close = async (reason: string): Promise<void> => {
    if (isClosing) return;
    isClosing = true;
    tell({ kind: 'closed', reason });
    // Chromium ends with its pipe, should it not end by itself.
    await Promise.race([client.destroy().catch(() => undefined), pause(CLOSE_LIMIT_MS)]);
    // The login is void; half a profile, as the library's own clearing would leave it, is worse than none.
    if (reason === LOGGED_OUT)
      await rm(profileFolder(options), { recursive: true, force: true, maxRetries: 5 }).catch(
        () => undefined,
      );
    process.exit(0);
  };
  const watched = watchClient(client, {
    tell: (news) => (news.kind === 'closed' ? void close(news.reason) : tell(news)),
    toMedia,
    now: Date.now,
  });
  process.on('message', (order: BrowserOrder) => {
    if (order.kind === 'stop') void close('stopped');
    else void obey(client, watched, order);
  });
  process.on('disconnect', () => void close('the program has ended'));
  process.on('unhandledRejection', (error) => void close(wordsOf(error)));
  process.on('uncaughtException', (error) => void close(wordsOf(error)));
  await client.initialize().catch((error: unknown) => close(wordsOf(error)));
  watchHealth(client, (reason) => void close(reason));
}

/** What the library says when the phone has ended the link. */
const LOGGED_OUT = 'LOGOUT';
/** Closing may save the session; what takes longer than this hangs. */
const CLOSE_LIMIT_MS = 3_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function obey(
  client: LibraryClient,
  watched: WatchedClient,
  order: Exclude<BrowserOrder, { kind: 'stop' }>,
): Promise<void> {
  if (order.kind === 'send') {
    const outcome = await watched.send(order, order.beginBefore);
    return tell({ kind: 'sent', request: order.request, outcome });
  }
  if (order.kind === 'download') {
    const outcome = await downloadFile(client, order);
    return tell({ kind: 'file', request: order.request, outcome });
  }
  await watched
    .catchUp(order.since)
    .catch((error: unknown) => tell({ kind: 'fault', message: wordsOf(error) }));
}

function tell(news: BrowserNews): void {
  if (process.connected) process.send?.(news);
}

/** The library also throws plain words, such as 'auth timeout'. */
function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return (words.split('\n')[0] ?? '').slice(0, 300);
}

void main();
