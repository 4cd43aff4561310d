import { dueLanes } from '../inbox/inbox-store';
import type { Deps } from '../deps';
import { jobs } from './jobs';
import { linkWhatsApp } from './link-whatsapp';
import { createPoller } from '../lib/poller';
import { fetchDueMedia } from '../media/fetch-media';
import { startScheduler } from './scheduler';

export interface Work {
  /** Takes no more work, finishes what is in flight, gives back leases. */
  stop(): Promise<void>;
}

/** How long a message that another instance took in, or that a dead one left, waits at most for somebody to look. */
const LANE_POLL_MS = 200;
/** What this process took in wakes its lane by itself; only what has waited this long may have been missed. */
const OWN_GRACE_MS = 500;
const SEND_POLL_MS = 300;
const MEDIA_POLL_MS = 1_000;
const PER_LOOK = 500;

/** Starts what runs beside the HTTP server, by role (RUN-3). */
export function startWork(deps: Deps): Work {
  const { db, clock, config, lanes, sender, notifications, queue, log } = deps;
  const works = config.role === 'all' || config.role === 'worker';
  const schedules = config.role === 'all' || config.role === 'scheduler';

  const findLanes = createPoller('lanes', async () => {
    const dueBefore = new Date(clock.now().getTime() - (config.role === 'all' ? OWN_GRACE_MS : 0));
    for (const lane of await dueLanes(db, dueBefore, PER_LOOK)) lanes.find(lane);
    return 0;
  }, LANE_POLL_MS, log); // prettier-ignore
  const findSends = createPoller('sends', async () => {
    await sender.findDue();
    return 0;
  }, SEND_POLL_MS, log); // prettier-ignore

  const stopping = new AbortController();
  const media = createPoller(
    'media',
    () => fetchDueMedia({ ...deps, signal: stopping.signal }),
    MEDIA_POLL_MS,
    log,
  );

  const pollers = [findLanes, findSends, notifications, queue, media];
  if (works) for (const poller of pollers) poller.start();
  const links = works ? linkWhatsApp(deps) : [];
  const scheduler = schedules ? startScheduler(deps, jobs) : undefined;
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all([findLanes.stop(), findSends.stop(), media.stop(), scheduler?.stop()]);
      await lanes.stop();
      await Promise.all([notifications.stop(), queue.stop()]);
      await sender.stop();
      // Last: what is under way goes out through the browser.
      await Promise.all(links.map((link) => link.stop()));
    },
  };
}
