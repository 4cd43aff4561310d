import type { Database } from '../../db/database';
import { createPoller } from '../../lib/poller';
import type { Account } from '../channel';
import type { InboundEvent } from '../inbound';
import { createIntake } from './intake';
import { keepBrowser, type KeepBrowserDeps } from './keep-browser';
import { endLinkLease, findLink, saveLink, takeLinkLease } from './link-store';
import { parseWhatsAppWeb } from './parse';

export interface LinkDeps extends Pick<
  KeepBrowserDeps,
  'clock' | 'ids' | 'log' | 'settings' | 'openBrowser' | 'show'
> {
  db: Database;
  /** The name under which this process holds leases, and whether one of another is certainly dead. */
  owner: string;
  isDead(owner: string): boolean;
  /** Stores events; when it resolves they are committed. */
  takeIn(account: Account, events: InboundEvent[], receivedAt: Date): Promise<void>;
}

export interface Linker {
  start(): void;
  /** One look: takes or renews the lease, starts what has to run, tells how it is. */
  look(): Promise<void>;
  stop(): Promise<void>;
}

const LOOK_MS = 3_000;
/** A dead holder's browser is replaced after this; some looks fit into it. */
const LEASE_MS = 12_000;
/** What was told while the last browser was dying is asked for again. */
const OVERLAP_MS = 60_000;
const DRAIN_MS = 2_000;

/**
 * Keeps one number linked (CHN-2, web): of all workers the one with the lease runs the browser and stores what it tells.
 * Whatever happens to the browser, this process goes on.
 */
export function keepLinked(deps: LinkDeps, account: Account): Linker {
  const { db, clock, log, owner } = deps;
  let leasedUntil = 0;
  /** All that was told before is in the inbox; null: nothing was ever told. */
  let caughtUpAt: Date | null = null;

  const intake = createIntake((events, at) => deps.takeIn(account, events, at), log);
  const browser = keepBrowser(
    {
      ...deps,
      hear: (event) => {
        const read = parseWhatsAppWeb(account.accountId, event, clock.now());
        if (read) intake.add(read, clock.now());
      },
      changed: () => poller.wake(),
      missingSince: () =>
        caughtUpAt === null ? undefined : new Date(caughtUpAt.getTime() - OVERLAP_MS),
    },
    account.accountId,
  );

  const takeLease = async (): Promise<boolean> => {
    const lease = { owner, now: clock.now(), until: new Date(clock.now().getTime() + LEASE_MS) };
    const isNew = leasedUntil === 0;
    let isOurs = await takeLinkLease(db, account, lease);
    if (!isOurs) {
      const holder = (await findLink(db, account))?.lease_by;
      if (!holder || !deps.isDead(holder)) return false;
      await endLinkLease(db, account, holder);
      isOurs = await takeLinkLease(db, account, lease);
    }
    if (isOurs && isNew) caughtUpAt = (await findLink(db, account))?.caught_up_at ?? null;
    if (isOurs) leasedUntil = lease.until.getTime();
    return isOurs;
  };

  const giveUp = async (): Promise<void> => {
    leasedUntil = 0;
    await browser.stop();
  };

  const look = async (): Promise<void> => {
    let isOurs = false;
    try {
      isOurs = await takeLease();
    } catch (error) {
      // With the database away for us alone, another process may have taken over.
      if (clock.now().getTime() >= leasedUntil) await giveUp();
      throw error;
    }
    if (!isOurs) return giveUp();
    await browser.ensure();
    const status = browser.status();
    if (status.isCaughtUp) caughtUpAt = intake.oldestWaiting() ?? clock.now();
    await saveLink(db, account, owner, { ...status, caughtUpAt });
  };

  const poller = createPoller(
    'whatsapp-web',
    async () => {
      await look();
      return 0;
    },
    LOOK_MS,
    log,
  );

  return {
    start: () => poller.start(),
    look,
    stop: async () => {
      await poller.stop();
      await browser.stop();
      await intake.drained(DRAIN_MS);
      await endLinkLease(db, account, owner).catch(() => undefined);
    },
  };
}
