import type { Account } from '../../src/channels/channel';
import type { InboundEvent } from '../../src/channels/inbound';
import { whatsAppWebAccount } from '../../src/channels/whatsapp-web/account';
import { keepLinked, type Linker } from '../../src/channels/whatsapp-web/keep-linked';
import { findLink } from '../../src/channels/whatsapp-web/link-store';
import { linkOf } from '../../src/channels/whatsapp-web/links';
import type { Ids } from '../../src/lib/ids';
import { createLog } from '../../src/lib/log';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import {
  scriptedBrowsers,
  seenText,
  type ScriptedBrowser,
} from '../support/whatsapp-web/scripted-browser';

const test = useDatabase();
const api = useApi(test);
const ids: Ids = { next: () => 'id', random: () => 1 };
let browsers: ReturnType<typeof scriptedBrowsers>;
let linkers: Linker[];
let stored: InboundEvent[];
let shown: string[];
let dead: Set<string>;
/** What storing does; the tests change it. */
let takeIn: (account: Account, events: InboundEvent[]) => Promise<void>;

beforeEach(() => {
  browsers = scriptedBrowsers();
  linkers = [];
  stored = [];
  shown = [];
  dead = new Set();
  takeIn = (_account, events) => {
    stored.push(...events);
    return Promise.resolve();
  };
});
afterEach(async () => {
  await Promise.all(linkers.map((linker) => linker.stop()));
});

const account = () => whatsAppWebAccount(api.businessId);
const row = async () => (await findLink(test.db, account()))!;
const newest = (): ScriptedBrowser => browsers.opened.at(-1)!;

/** A worker that could run the browser. */
function worker(owner: string, browserPath: string | undefined = process.execPath): Linker {
  const linker = keepLinked(
    {
      db: test.db,
      clock: test.clock,
      ids,
      log: createLog('silent'),
      settings: { sessionPath: '/nowhere', browserPath },
      owner,
      isDead: (other) => dead.has(other),
      openBrowser: browsers.open,
      takeIn: (signer, events) => takeIn(signer, events),
      show: (text) => void shown.push(text),
    },
    account(),
  );
  linkers.push(linker);
  return linker;
}

async function connectedWorker(owner = 'A'): Promise<Linker> {
  const linker = worker(owner);
  await linker.look();
  newest().tell({ kind: 'ready', phone: '15550001111' });
  await linker.look();
  return linker;
}

describe('who runs the browser', () => {
  it('one of the workers does, however many begin at once', async () => {
    const workers = ['A', 'B', 'C', 'D'].map((owner) => worker(owner));
    await Promise.all(workers.map((one) => one.look()));
    expect(browsers.opened).toHaveLength(1);
    for (const one of workers) await one.look();
    expect(browsers.opened).toHaveLength(1);
  });

  it('another one takes over when the holder’s lease has run out', async () => {
    await worker('A').look();
    const other = worker('B');
    await other.look();
    expect(browsers.opened).toHaveLength(1);
    test.clock.forward(1);
    await other.look();
    expect(browsers.opened).toHaveLength(2);
    expect(await row()).toMatchObject({ lease_by: 'B' });
  });

  it('at once when the holder is known to be dead', async () => {
    await worker('A').look();
    dead.add('A');
    await worker('B').look();
    expect(browsers.opened).toHaveLength(2);
  });

  it('a worker that has lost the lease stops its browser and sends nothing more', async () => {
    const sleeper = await connectedWorker('A');
    expect(linkOf(account().accountId)).toBeDefined();
    test.clock.forward(1);
    await worker('B').look();
    await sleeper.look();
    expect(browsers.opened[0]).toMatchObject({ isStopped: true });
    expect(linkOf(account().accountId)).toBeUndefined();
    // Its own last words are not about the other one's browser.
    browsers.opened[0]!.tell({ kind: 'ready', phone: '1' });
    await sleeper.look();
    expect(await row()).toMatchObject({ lease_by: 'B', state: 'starting' });
  });

  it('a worker that stops gives the browser away at once', async () => {
    const first = await connectedWorker('A');
    await first.stop();
    expect(newest().isStopped).toBe(true);
    await worker('B').look();
    expect(browsers.opened).toHaveLength(2);
  });
});

describe('how it is', () => {
  it('the code is shown in the terminal, and by the API of every instance', async () => {
    const linker = worker('A');
    await linker.look();
    newest().tell({ kind: 'qr', qr: '2@CODE' });
    await linker.look();
    expect(shown.join('')).toMatch(/Linked devices[^]*[█▀▄]{5}/);
    expect((await api.get('/api/channels/whatsapp/link')).body).toMatchObject({
      state: 'scan',
      has_qr: true,
      phone: null,
    });
    const picture = await api.get('/api/channels/whatsapp/qr');
    expect(picture.headers['content-type']).toMatch('image/svg+xml');
    expect(String(picture.text || (picture.body as Buffer).toString())).toMatch(/^<svg /);
  });

  it('once it is linked there is nothing to scan', async () => {
    const linker = worker('A');
    await linker.look();
    newest().tell({ kind: 'qr', qr: '2@CODE' });
    newest().tell({ kind: 'authenticated' });
    newest().tell({ kind: 'ready', phone: '15550001111' });
    await linker.look();
    expect((await api.get('/api/channels/whatsapp/link')).body).toMatchObject({
      state: 'connected',
      has_qr: false,
      phone: '+15550001111',
    });
    expect(await api.get('/api/channels/whatsapp/qr')).toMatchObject({
      status: 404,
      body: { code: 'QR_NOT_FOUND' },
    });
  });

  it('nothing of it makes the server unready', async () => {
    const linker = worker('A');
    await linker.look();
    newest().tell({ kind: 'closed', reason: 'LOGOUT' });
    await linker.look();
    expect(await api.get('/ready')).toMatchObject({
      status: 200,
      body: { status: 'ready', links: [{ channel: 'whatsapp', state: 'disconnected' }] },
    });
  });

  it('without such a number the API says what to do', async () => {
    expect(await api.get('/api/channels/whatsapp/link')).toMatchObject({
      status: 404,
      body: { code: 'CHANNEL_LINK_NOT_FOUND' },
    });
    expect((await api.get('/ready')).body).toMatchObject({ links: [] });
  });

  it('without a browser it says so, and looks again later', async () => {
    const linker = worker('A', '/nowhere/chromium');
    await linker.look();
    await linker.look();
    expect(await row()).toMatchObject({ state: 'unavailable' });
    expect((await row()).detail).toBe('PUPPETEER_EXECUTABLE_PATH is no program: /nowhere/chromium');
  });
});

describe('when the browser ends', () => {
  it('it is started again, with growing pauses, and quickly again after it was connected', async () => {
    const linker = await connectedWorker();
    const endedAndBackAfterSeconds = async (): Promise<number> => {
      const before = browsers.opened.length;
      newest().tell({ kind: 'closed', reason: 'the browser has ended' });
      expect(linkOf(account().accountId)).toBeUndefined();
      for (let seconds = 0; seconds <= 400; seconds += 1) {
        await linker.look();
        if (browsers.opened.length > before) return seconds;
        test.clock.forward(1 / 60);
      }
      throw new Error('it was not started again');
    };
    const pauses: number[] = [];
    for (let round = 0; round < 9; round += 1) pauses.push(await endedAndBackAfterSeconds());
    expect(pauses).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300]);
    newest().tell({ kind: 'ready', phone: null });
    expect(await endedAndBackAfterSeconds()).toBe(2);
  });

  it('one that never opens its page is given up', async () => {
    const linker = worker('A');
    await linker.look();
    for (let minute = 0; minute < 4; minute += 1) {
      test.clock.forward(1);
      await linker.look();
    }
    expect(browsers.opened[0]).toMatchObject({ isStopped: true });
  });

  it('one that waits for a person to scan is left alone', async () => {
    const linker = worker('A');
    await linker.look();
    newest().tell({ kind: 'qr', qr: '2@CODE' });
    test.clock.forward(30);
    await linker.look();
    expect(newest().isStopped).toBe(false);
  });
});

describe('what it tells', () => {
  it('is stored, and again until the database takes it, in the order of arrival', async () => {
    await connectedWorker();
    const store = takeIn;
    let isAway = true;
    let tries = 0;
    takeIn = (...given) => {
      tries += 1;
      return isAway ? Promise.reject(new Error('the database is away')) : store(...given);
    };
    newest().tell({ kind: 'message', message: seenText('1', 'one') });
    newest().tell({ kind: 'message', message: seenText('2', 'two') });
    await eventually(() => Promise.resolve(tries > 1));
    expect(stored).toEqual([]);
    isAway = false;
    await eventually(() => Promise.resolve(stored.length === 2));
    expect(stored.map(({ body }) => (body as { text?: string }).text)).toEqual(['one', 'two']);
  });

  it('is asked for again from the last moment at which all was stored', async () => {
    const first = await connectedWorker('A');
    expect(newest().caughtUpSince).toEqual([]);
    const lastLook = test.clock.now().getTime();
    await first.stop();
    test.clock.forward(90);
    await connectedWorker('B');
    const [since] = newest().caughtUpSince;
    expect(Math.abs(since!.getTime() - (lastLook - 60_000))).toBeLessThan(2);
  });

  it('stays asked for until it has been told', async () => {
    const first = await connectedWorker('A');
    const known = (await row()).caught_up_at;
    await first.stop();
    test.clock.forward(90);
    const second = await connectedWorker('B');
    await second.look();
    expect((await row()).caught_up_at).toEqual(known);
    newest().tell({ kind: 'caught_up' });
    await second.look();
    expect((await row()).caught_up_at!.getTime()).toBeGreaterThan(known!.getTime());
  });
});
