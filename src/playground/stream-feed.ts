import { setTimeout as delay } from 'node:timers/promises';
import type { Request, Response } from 'express';
import type { Feed } from './feed-store';

/** Quick enough to feel like a chat, and a few small queries each. */
const POLL_MS = 300;
/** After a failed poll the database is away: it is not asked as often. */
const POLL_AFTER_FAILURE_MS = 2_000;
/** Keeps proxies from closing a quiet stream. */
const HEARTBEAT_MS = 15_000;

/**
 * Server-Sent Events: everything at first, then what is new or has changed. Nothing is kept beyond the connection, so any
 * instance can serve any browser. Ends with the connection.
 */
export async function streamFeed(
  request: Request,
  response: Response,
  read: () => Promise<Feed>,
): Promise<void> {
  const gone = new AbortController();
  const stop = () => gone.abort();
  request.once('close', stop);
  response.once('close', stop);

  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // Reverse proxies of the nginx kind would hold the events back.
    'x-accel-buffering': 'no',
  });
  response.write('retry: 1000\n\n');
  await poll(response, read, gone.signal);
  response.end();
}

async function poll(
  response: Response,
  read: () => Promise<Feed>,
  gone: AbortSignal,
): Promise<void> {
  const seen = new Map<string, string>();
  let staff = '';
  let lastWrite = Date.now();
  const write = (chunk: string) => {
    response.write(chunk);
    lastWrite = Date.now();
  };
  while (!gone.aborted) {
    const feed = await read().catch(() => null);
    if (gone.aborted) return;
    if (feed) {
      const changed = feed.items.filter((item) => seen.get(item.id) !== item.state);
      for (const item of changed) seen.set(item.id, item.state);
      if (changed.length > 0) write(event('messages', changed));
      const staffNow = JSON.stringify(feed.staff);
      if (staffNow !== staff) write(event('staff', feed.staff));
      staff = staffNow;
    }
    if (Date.now() - lastWrite > HEARTBEAT_MS) write(': still here\n\n');
    await delay(feed ? POLL_MS : POLL_AFTER_FAILURE_MS, undefined, { signal: gone }).catch(
      () => undefined,
    );
  }
}

const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
