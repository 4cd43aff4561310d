import type { Clock } from '../../lib/clock';
import type { Ids } from '../../lib/ids';
import type { Log } from '../../lib/log';
import type { Browser, OpenBrowser } from './browser-process';
import { findBrowser } from './find-browser';
import type { LinkState } from './link-store';
import { putLink } from './links';
import type { BrowserEvent, BrowserNews } from './messages';
import { qrForTerminal } from './qr';

export interface BrowserSettings {
  sessionPath: string;
  browserPath: string | undefined;
}

export interface KeepBrowserDeps {
  clock: Clock;
  ids: Ids;
  log: Log;
  settings: BrowserSettings;
  openBrowser: OpenBrowser;
  /** To the terminal. */
  show(text: string): void;
  /** Something is to be stored. */
  hear(event: BrowserEvent): void;
  /** It is another state now. */
  changed(): void;
  /** From when on messages may be missing; undefined: none are. */
  missingSince(): Date | undefined;
}

/** How the browser of a number is right now. */
export interface BrowserStatus {
  state: LinkState;
  detail: string | null;
  qr: string | null;
  phone: string | null;
  changedAt: Date;
  /** Logged in, and nothing that came before is missing any more. */
  isCaughtUp: boolean;
}

export interface KeptBrowser {
  status(): BrowserStatus;
  /** Starts it when it is time, and gives up one that hangs. */
  ensure(): Promise<void>;
  stop(): Promise<void>;
}

const FIRST_RESTART_MS = 2_000;
const LONGEST_RESTART_MS = 5 * 60_000;
/** A browser that neither shows a code nor gets through by then hangs. */
const START_LIMIT_MS = 3 * 60_000;
/** Older messages are nobody's conversation any more. */
const LONGEST_CATCH_UP_MS = 24 * 60 * 60_000;

interface Running {
  browser?: Browser;
  startedAt: number;
  takeBack?: () => void;
}

/** Runs the browser of one number, and starts it again with growing pauses when it has ended, for whatever reason. */
export function keepBrowser(deps: KeepBrowserDeps, accountId: string): KeptBrowser {
  const { clock, log } = deps;
  const now = () => clock.now().getTime();
  let running: Running | undefined;
  const ending = new Set<Promise<void>>();
  let failures = 0;
  let startAgainAt = 0;
  let status: BrowserStatus = {
    state: 'starting',
    detail: null,
    qr: null,
    phone: null,
    changedAt: clock.now(),
    isCaughtUp: false,
  };

  const become = (change: Partial<BrowserStatus> & { state: LinkState }) => {
    const { state, detail } = change;
    if (state !== status.state) log.info({ accountId, state, detail }, 'WhatsApp Web: new state');
    status = {
      ...status,
      detail: null,
      qr: null,
      isCaughtUp: false,
      changedAt: clock.now(),
      ...change,
    };
    deps.changed();
  };

  /** The next one needs the profile that this one has until its process is gone. */
  const end = (browser: Browser): void => {
    const gone = browser.stop().finally(() => {
      ending.delete(gone);
      deps.changed();
    });
    ending.add(gone);
  };

  const connected = (source: Running, phone: string | null): void => {
    failures = 0;
    if (source.browser) source.takeBack ??= putLink(accountId, source.browser);
    const since = deps.missingSince();
    become({
      state: 'connected',
      phone: phone === null ? null : `+${phone}`,
      isCaughtUp: since === undefined,
    });
    if (since)
      source.browser?.catchUp(new Date(Math.max(since.getTime(), now() - LONGEST_CATCH_UP_MS)));
  };

  const closed = (reason: string): void => {
    const last = running;
    running = undefined;
    last?.takeBack?.();
    if (last?.browser) end(last.browser);
    const wait = Math.min(FIRST_RESTART_MS * 2 ** failures, LONGEST_RESTART_MS);
    startAgainAt = now() + wait * (0.5 + deps.ids.random() / 2);
    failures += 1;
    become({ state: 'disconnected', detail: reason });
  };

  const hear = (source: Running, news: BrowserNews): void => {
    // What an earlier browser still has to say was for somebody else.
    if (running !== source) return;
    switch (news.kind) {
      case 'qr':
        deps.show(qrForTerminal(news.qr));
        return become({ state: 'scan', detail: 'Scan the code with the phone.', qr: news.qr });
      case 'authenticated':
        return become({ state: 'linking' });
      case 'ready':
        return connected(source, news.phone);
      case 'caught_up':
        return become({ ...status, isCaughtUp: true });
      case 'closed':
        return closed(news.reason);
      case 'fault':
        return log.warn({ fault: news.message }, 'WhatsApp Web: something failed in the browser');
      case 'sent':
      case 'file':
        return;
      default:
        deps.hear(news);
    }
  };

  const start = (): void => {
    const found = findBrowser(deps.settings.browserPath);
    if ('problem' in found) {
      if (status.state !== 'unavailable') log.error(found.problem);
      startAgainAt = now() + LONGEST_RESTART_MS;
      return become({ state: 'unavailable', detail: found.problem });
    }
    become({ state: 'starting' });
    const next: Running = { startedAt: now() };
    running = next;
    const options = {
      executablePath: found.path,
      sessionPath: deps.settings.sessionPath,
      profile: accountId,
      isSandboxed: process.getuid?.() !== 0,
    };
    next.browser = deps.openBrowser(options, (news) => hear(next, news));
  };

  const stop = async (): Promise<void> => {
    const last = running;
    running = undefined;
    last?.takeBack?.();
    await Promise.all([last?.browser?.stop(), ...ending]);
  };

  return {
    status: () => status,
    ensure: async () => {
      const isOld = running !== undefined && now() - running.startedAt > START_LIMIT_MS;
      if (isOld && status.state === 'starting') {
        await stop();
        closed('WhatsApp Web did not open in time');
      }
      if (!running && ending.size === 0 && now() >= startAgainAt) start();
    },
    stop,
  };
}
