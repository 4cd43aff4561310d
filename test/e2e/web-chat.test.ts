import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openDatabase, type Database } from '../../src/db/database';
import { hasBrowser, openBrowser } from '../support/browser';
import { eventually } from '../support/eventually';
import { startForeignPage } from '../support/foreign-page';
import type { OddServer } from '../support/odd-server';
import { startApp, type RunningApp } from '../support/running-app';
import { dropDatabase, newDatabaseUrl } from '../support/test-database';

/** The widget in a page of another origin, in a real browser, against the whole product (CHN-5). */
const RECEIPT = path.join(__dirname, '..', '..', 'src', 'playground', 'public', 'receipt.png');
const PHONE = { width: 360, height: 640 };
const TIMEOUT_MS = 30_000;

let databaseUrl: string;
let db: Database;
let app: RunningApp;
let site: OddServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let problems: string[];

// Only where no browser can be installed (SKIP_BROWSER, no root): scripts/test.mjs says so in a line of its own.
const inBrowser = hasBrowser ? describe : describe.skip;

inBrowser('the web chat', () => {
  beforeAll(async () => {
    databaseUrl = newDatabaseUrl();
    browser = await openBrowser();
    app = await startApp(databaseUrl);
    db = openDatabase(databaseUrl, 2);
    site = await startForeignPage(() => `${app.url}/widget.js`);
  }, 90_000);
  beforeEach(async () => {
    problems = [];
    context = await browser.newContext({ viewport: PHONE, locale: 'en-US', hasTouch: true });
    context.setDefaultTimeout(TIMEOUT_MS);
    page = await context.newPage();
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      // What the browser says of its own about a network that is away.
      const isNetwork = /net::ERR_|Failed to load resource/.test(message.text());
      if (['error', 'warning'].includes(message.type()) && !isNetwork)
        problems.push(message.text());
    });
    await page.goto(site.url);
  });
  afterEach(() => context.close());
  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await app?.stop();
    await db?.close();
    await dropDatabase(databaseUrl);
  });

  test('a customer orders on a phone, with a reload, a lost network and a double tap on the way', async () => {
    await page.getByRole('button', { name: 'Chat with us' }).tap();
    await hears('Welcome');
    await tap('Shop');
    await tap(/^Mugs/);
    await hears('Blue mug');
    await doubleTap(/^Add to cart: Blue mug/);
    await tap('1');
    await hears('Added: 1 x Blue mug');

    await page.reload();
    await hears('Added: 1 x Blue mug');
    await tap('Checkout');
    await hears('Who is it for?');

    await context.setOffline(true);
    await says('Maria Santos');
    await page.getByText('It is sent as soon as there is one').waitFor();
    await page.getByRole('status').getByText('No connection').waitFor();
    await context.setOffline(false);
    await hears('mobile number');
    await says('0917 123 4567');
    await hears('Where shall we deliver?');
    await says('12 Mabini Street, Barangay San Antonio, Makati, Metro Manila');
    await tap(/^Delivery/);
    await tap('Cash on delivery');
    await hears('Please check your order');
    await doubleTap('Place order');
    await hears(/Your order \S+ is in/);

    const orders = await db.query('SELECT order_source, order_status FROM orders');
    expect(orders).toEqual([{ order_source: 'web', order_status: 'pending' }]);
    const [items] = await db.query<{ quantity: number }>('SELECT quantity FROM order_items');
    expect(items?.quantity).toBe(1);
    const taps = await db.query(
      `SELECT JSON_VALUE(event, '$.payload') AS payload, COUNT(*) AS times FROM inbox_messages
       WHERE channel = 'web' AND event LIKE '%Place order%' GROUP BY payload`,
    );
    expect(taps).toEqual([expect.objectContaining({ times: 1 })]);
    expect(problems).toEqual([]);
  }, 120_000);

  test('what was typed without a network is sent in its order after a reload, each once', async () => {
    await page.getByRole('button', { name: 'Chat with us' }).tap();
    await hears('Welcome');
    await page.route('**/webchat/messages', (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    );
    for (const text of ['cart', 'menu', 'help']) await says(text);
    await expect(mine()).resolves.toEqual(['cart', 'menu', 'help']);
    await page.unroute('**/webchat/messages');
    await page.reload();
    await eventually(async () => (await stored()).length >= 3);
    await expect(stored()).resolves.toEqual(['cart', 'menu', 'help']);
    await expect(mine()).resolves.toEqual(['cart', 'menu', 'help']);
    expect(problems).toEqual([]);
  }, 60_000);

  test('an answer that is lost on its way back makes no second message', async () => {
    await page.getByRole('button', { name: 'Chat with us' }).tap();
    await hears('Welcome');
    let lost = 0;
    // Ends the request that waits for news.
    await context.setOffline(true);
    await page.route('**/webchat/messages', async (route) => {
      if (route.request().method() !== 'POST' || lost > 1) return route.continue();
      lost += 1;
      await route.fetch();
      await route.abort();
    });
    // Nor does it hear from elsewhere that the message has come.
    await page.route('**/webchat/messages?*', (route) =>
      lost > 1 ? route.continue() : route.abort(),
    );
    await context.setOffline(false);
    await says('help');
    await eventually(async () => lost === 2 && (await page.getByText('Sending').count()) === 0);
    await expect(stored()).resolves.toEqual(['help']);
    await expect(mine()).resolves.toEqual(['help']);
  }, 60_000);

  test('a picture of a receipt arrives, and the shop says so', async () => {
    await page.getByRole('button', { name: 'Chat with us' }).tap();
    await hears('Welcome');
    await page.locator('input[type=file]').setInputFiles(RECEIPT);
    await eventually(async () => (await mine()).includes('Picture'));
    await page.locator('.is-mine + .group:not(.is-mine)').waitFor();
    const [file] = await db.query('SELECT content_type FROM media_files');
    expect(file).toEqual({ content_type: 'image/png' });
    expect(problems).toEqual([]);
  }, 60_000);

  test('by keyboard alone: Tab to the button, Enter opens, Escape closes and gives the focus back', async () => {
    const launcher = page.getByRole('button', { name: 'Chat with us' });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await hears('Welcome');
    expect(await page.getByRole('log', { name: 'Messages' }).count()).toBe(1);
    await page.keyboard.type('help');
    await page.keyboard.press('Enter');
    await eventually(async () => (await mine()).length === 1);
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await launcher.getAttribute('aria-expanded')).toBe('false');
    expect(
      await page.evaluate(
        "document.querySelector('#tindera-chat-aling-nena').shadowRoot.activeElement.className",
      ),
    ).toBe('launcher');
    expect(problems).toEqual([]);
  }, 60_000);

  test('what looks like a page is shown as text', async () => {
    const name = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
    await db.execute('UPDATE products SET name = :name, image_url = :url WHERE name = :mug', {
      name,
      url: 'javascript:window.hacked=1',
      mug: 'Blue mug',
    });
    try {
      await page.getByRole('button', { name: 'Chat with us' }).tap();
      await hears('Welcome');
      await tap('Shop');
      await tap(/^Mugs/);
      await page.locator('.card', { hasText: 'onerror' }).first().waitFor();
      await says('<b onclick=alert(1)>hello</b>');
      await eventually(async () => (await mine()).some((text) => text.startsWith('<b onclick')));
      expect(await page.evaluate('window.hacked')).toBeUndefined();
      expect(await page.locator('.log script, .log b, .log img[src="x"]').count()).toBe(0);
      expect(problems).toEqual([]);
    } finally {
      await db.execute('UPDATE products SET name = :mug WHERE name = :name', {
        name,
        mug: 'Blue mug',
      });
    }
  }, 60_000);

  test('the page keeps its width, and a closed chat counts what it has not shown', async () => {
    await page.getByRole('button', { name: 'Chat with us' }).tap();
    await hears('Welcome');
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(
      true,
    );
    await page.getByRole('button', { name: 'Close the chat' }).tap();
    const other = await context.newPage();
    await other.goto(site.url);
    await other.getByRole('button', { name: 'Chat with us' }).tap();
    await other.getByRole('textbox').fill('help');
    await other.getByRole('textbox').press('Enter');
    await page.getByRole('button', { name: /Chat with us, \d+ new message/ }).waitFor();
  }, 60_000);

  test('on a page that the shop does not know the chat says so', async () => {
    await db.execute(
      `UPDATE businesses SET settings = JSON_SET(settings, '$.webchat.allowed_origins[0]', 'https://shop.example')`,
    );
    try {
      await page.getByRole('button', { name: 'Chat with us' }).tap();
      await page.getByText('The chat is not available on this page.').waitFor();
    } finally {
      await db.execute(
        `UPDATE businesses SET settings = JSON_SET(settings, '$.webchat.allowed_origins[0]', '*')`,
      );
    }
  }, 60_000);
});

const says = async (text: string): Promise<void> => {
  await page.getByRole('textbox').fill(text);
  await page.getByRole('textbox').press('Enter');
};
const choice = (name: string | RegExp) =>
  page
    .locator('.choice:enabled')
    .and(page.getByRole('button', { name, exact: typeof name === 'string' }))
    .last();
const tap = (name: string | RegExp): Promise<void> => choice(name).tap();
const doubleTap = (name: string | RegExp): Promise<void> => choice(name).dblclick();
const hears = (text: string | RegExp): Promise<void> =>
  page.locator('.group:not(.is-mine)', { hasText: text }).last().waitFor();

/** What the visitor's own bubbles say. */
const mine = (): Promise<string[]> => page.locator('.is-mine .bubble').allTextContents();

/** What this visitor has typed, as the shop has stored it. */
async function stored(): Promise<string[]> {
  const token = await page.evaluate<string>(
    "JSON.parse(localStorage.getItem(Object.keys(localStorage).find((key) => key.endsWith(' token'))))",
  );
  const rows = await db.query<{ text: string }>(
    `SELECT JSON_VALUE(event, '$.text') AS text FROM inbox_messages
     WHERE channel = 'web' AND external_id = :visitor AND event LIKE '%"text"%' ORDER BY id`,
    { visitor: token.split('.')[1] },
  );
  return rows.map((row) => row.text);
}
