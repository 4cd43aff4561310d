import { eventually } from '../support/eventually';
import { hasBrowser } from '../support/browser';
import type { RunningApp } from '../support/running-app';
import { openShop, type Shop } from '../support/shop';
import { browsersOf, happen, PERSON, sessionFolder } from '../support/whatsapp-web/phone';

/** The real library with the real Chromium; only WhatsApp's own page is ours (test/support/whatsapp-web/page.html). */
// Only where no browser can be installed (SKIP_BROWSER, no root): scripts/test.mjs says so in a line of its own.
const withBrowser = hasBrowser ? describe : describe.skip;

let shop: Shop;
let session: ReturnType<typeof sessionFolder>;

const start = (): Promise<RunningApp> =>
  shop.start({
    WHATSAPP_DRIVER: 'web',
    WHATSAPP_SESSION_PATH: session.path,
    PUPPETEER_EXECUTABLE_PATH: process.env.CHROMIUM_PATH ?? '',
  });
const state = async () =>
  (
    await shop.db.query<{ state: string; detail: string | null; lease_by: string | null }>(
      'SELECT state, detail, lease_by FROM channel_links',
    )
  )[0];
const isConnected = async () => (await state())?.state === 'connected';

interface SentRow {
  display: string;
  state: string;
}
const sentTo = (person: string): Promise<SentRow[]> =>
  shop.db.query<SentRow>(
    `SELECT m.display_text AS display, m.state FROM outgoing_messages AS m
     JOIN conversations AS c ON c.id = m.conversation_id
     WHERE c.channel = 'whatsapp' AND c.external_id = ? ORDER BY m.id`,
    [person],
  );
const inbox = (kind: string) =>
  shop.db.query<{ external_id: string; event: string }>(
    `SELECT external_id, event FROM inbox_messages WHERE channel = 'whatsapp' AND kind = ? ORDER BY id`,
    [kind],
  );
/** Who has a user name instead of a number. */
const HIDDEN = '100000000000701@lid';
const isRead = async (text: RegExp) =>
  (await sentTo(PERSON)).some((row) => text.test(row.display) && row.state === 'read');

withBrowser('a linked phone', () => {
  beforeAll(async () => {
    shop = await openShop();
    session = sessionFolder({ withPage: true });
    await start();
    await eventually(isConnected);
  });
  afterAll(async () => {
    await shop.close();
    await eventually(() => Promise.resolve(browsersOf(session.path).length === 0));
    session.remove();
  });

  it('was linked by the code in the terminal', () => {
    expect(shop.apps[0]!.output()).toMatch(/Linked devices[^]*█/);
  });

  it('a customer says hi, gets the menu by numbers, and reads it', async () => {
    await happen(shop.db, 'say hi');
    await eventually(() => isRead(/^\s*1\. /m));
    const [menu] = await sentTo(PERSON);
    expect(menu!.display).toMatch(/1\. .+\n2\. /);
    await happen(shop.db, 'say 1');
    await eventually(async () => (await sentTo(PERSON)).length > 1);
  });

  it('a hidden number and a catalogue cart come in whole', async () => {
    await happen(shop.db, 'hidden hello');
    await happen(shop.db, 'order');
    await eventually(async () => (await sentTo(HIDDEN)).at(-1)?.state === 'read');
    await eventually(async () =>
      (await inbox('message')).some(({ event }) => event.includes('SKU-1001')),
    );
    const hidden = (await inbox('message')).find(({ external_id: id }) => id.endsWith('@lid'));
    expect(JSON.parse(hidden!.event)).toMatchObject({ text: 'hello', phone: '+15550003333' });
  });

  it('a picture is fetched out of the browser and kept', async () => {
    await happen(shop.db, 'picture my receipt');
    const stored = () =>
      shop.db.query<{ content_type: string; size_bytes: number }>(
        `SELECT f.content_type, f.size_bytes FROM inbox_media AS m JOIN media_files AS f ON f.id = m.file_id
         WHERE m.channel = 'whatsapp' AND m.state = 'stored'`,
      );
    await eventually(async () => (await stored()).length > 0);
    expect(await stored()).toEqual([{ content_type: 'image/png', size_bytes: 70 }]);
  });

  it('a reply from the phone is an echo and silences the bot there; what the bot has sent is none', async () => {
    await happen(shop.db, 'reply I am a person');
    await eventually(async () => (await inbox('echo')).length > 0);
    const echoes = await inbox('echo');
    expect(echoes.map(({ event }) => (JSON.parse(event) as { text: string }).text)).toEqual([
      'I am a person',
    ]);
    const others = (await sentTo(PERSON)).length;
    await happen(shop.db, 'hidden menu');
    await happen(shop.db, 'say menu');
    // The one who is not being talked to gets an answer; by then the other one would have had one, too.
    await eventually(async () => (await sentTo(PERSON)).slice(others).at(-1)?.state === 'read');
    expect((await sentTo(HIDDEN)).at(-1)?.display).toBe('I am a person');
  });

  it('a browser that is killed comes back, still linked, and takes nobody with it', async () => {
    const [app] = shop.apps;
    const browsers = browsersOf(session.path);
    expect(browsers).toHaveLength(1);
    process.kill(browsers[0]!, 'SIGKILL');
    await eventually(async () => !(await isConnected()));
    expect((await fetch(`${app!.url}/ready`)).status).toBe(200);
    await eventually(isConnected);
    expect(browsersOf(session.path)).not.toEqual(browsers);
    const before = (await sentTo(PERSON)).length;
    await happen(shop.db, 'say menu');
    await eventually(async () => (await sentTo(PERSON)).slice(before).at(-1)?.state === 'read');
  });

  it('WhatsApp that ends the session for another browser is linked again', async () => {
    await happen(shop.db, 'conflict');
    await eventually(async () => (await state())?.detail === 'CONFLICT');
    await eventually(isConnected);
  });

  it('an error that the library leaves unhandled ends its own process only', async () => {
    const [app] = shop.apps;
    await happen(shop.db, 'renew');
    await eventually(async () => /there is no module/.test((await state())?.detail ?? ''));
    expect((await fetch(`${app!.url}/ready`)).status).toBe(200);
    await eventually(isConnected);
  });

  it('a phone that ends the link is asked to scan again', async () => {
    const codes = () => shop.apps[0]!.output().split('Linked devices').length;
    const before = codes();
    await happen(shop.db, 'logout');
    await eventually(() => Promise.resolve(codes() > before));
    await eventually(isConnected);
  });

  it('the worker that runs it is killed: its browser ends, another worker takes over, what waited goes out', async () => {
    const [first] = shop.apps;
    const second = await start();
    await first!.kill();
    await happen(shop.db, 'say help');
    const before = (await sentTo(PERSON)).length;
    await eventually(async () => (await sentTo(PERSON)).length > before);
    await eventually(async () => (await sentTo(PERSON)).every((row) => row.state === 'read'));
    expect(browsersOf(session.path)).toHaveLength(1);
    expect(await second.stop()).toBe(0);
    expect(browsersOf(session.path)).toEqual([]);
    expect((await state())?.lease_by).toBeNull();
  });
});

withBrowser('without a way to WhatsApp', () => {
  it('the server is ready, says why, and goes on trying', async () => {
    shop = await openShop();
    session = sessionFolder({ withPage: false });
    try {
      const app = await start();
      await eventually(async () => (await state())?.state === 'disconnected');
      expect((await state())?.detail).toMatch(/net::ERR_|auth timeout/);
      const ready = await fetch(`${app.url}/ready`);
      expect(ready.status).toBe(200);
      expect(await ready.json()).toMatchObject({ links: [{ channel: 'whatsapp' }] });
      expect(await app.stop()).toBe(0);
    } finally {
      await shop.close();
      session.remove();
    }
  });
});
