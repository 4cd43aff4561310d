import path from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { hasBrowser, openBrowser } from '../support/browser';
import { startApp, type RunningApp } from '../support/running-app';
import { dropDatabase, newDatabaseUrl } from '../support/test-database';

/** The whole product in one process, and a person who taps on the playground's three phones. */
const SCREENSHOT = path.join(__dirname, '..', '..', 'docs', 'playground.png');
const TIMEOUT_MS = 30_000;

let databaseUrl: string;
let app: RunningApp;
let browser: Browser;
let problems: string[];

// Only where no browser can be installed (SKIP_BROWSER, no root): scripts/test.mjs says so in a line of its own.
const inBrowser = hasBrowser ? describe : describe.skip;

inBrowser('the playground', () => {
  beforeAll(async () => {
    databaseUrl = newDatabaseUrl();
    browser = await openBrowser();
    app = await startApp(databaseUrl);
  }, 90_000);
  beforeEach(() => {
    problems = [];
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    await dropDatabase(databaseUrl);
  });

  test('a customer orders a mug, the owner gets an SMS, the admin confirms, the customer hears of it', async () => {
    const page = await openPage({ width: 1400, height: 900 });
    const [customer, admin, owner] = phones(page);

    await customer.button('Get Started').click();
    await customer.tap('Shop');
    await customer.tap(/^Mugs/);
    await customer.card('Blue mug').getByRole('button', { name: 'Add to cart' }).click();
    await customer.tap('1');
    await customer.hears('Added: 1 x Blue mug');
    await customer.tap('Checkout');
    await customer.hears('Who is it for?');
    await customer.says('Maria Santos');
    await customer.hears('mobile number');
    await customer.says('0917 123 4567');
    await customer.hears('Where shall we deliver?');
    await customer.says('12 Mabini Street, Barangay San Antonio, Makati, Metro Manila');
    await customer.tap(/^Delivery/);
    await customer.tap('Cash on delivery');
    await customer.hears('Please check your order');
    await customer.tap('Place order');
    await customer.hears(/Your order \S+ is in/);

    const sms = await owner.hears(/^New order/);
    await owner.sees('segment');
    const orderNumber = /New order ([\w-]+)/.exec(sms)?.[1] ?? '';
    await admin.button('Link this phone').click();
    await admin.hears('this chat is linked');
    await admin.tap('/orders');
    await admin.tap(orderNumber);
    await admin.hears('Maria Santos');
    await admin.tap('Confirm');
    await admin.hears('is confirmed. The customer has been told.');
    await customer.hears(/your order \S+ is confirmed/);

    if (process.env.UPDATE_SCREENSHOT)
      await page.screenshot({ path: SCREENSHOT, animations: 'disabled' });
    expect(problems).toEqual([]);
  }, 120_000);

  test('on a narrow screen there is one phone at a time, and a reload keeps the conversation', async () => {
    const page = await openPage({ width: 390, height: 844 });
    const [customer] = phones(page);
    await customer.says('hello');
    await customer.hears('Welcome');
    await page.getByRole('tab', { name: 'Admin' }).click();
    await page.locator('#admin .phone').waitFor();
    expect(await page.locator('#customer .phone').isVisible()).toBe(false);
    await page.reload();
    await customer.hears('Welcome');
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(
      true,
    );
    expect(problems).toEqual([]);
  }, 60_000);

  test('a new customer starts with an empty phone', async () => {
    const page = await openPage({ width: 1400, height: 900 });
    const [customer] = phones(page);
    await customer.says('hello');
    await customer.hears('Welcome');
    await page.getByRole('button', { name: 'New customer' }).click();
    await customer.button('Get Started').waitFor();
    expect(await page.locator('#customer .row').count()).toBe(0);
    expect(problems).toEqual([]);
  }, 60_000);
});

/** A browser of its own: nobody else's people. Anything in its console is a problem. */
async function openPage(viewport: { width: number; height: number }): Promise<Page> {
  const context = await browser.newContext({
    viewport,
    locale: 'en-US',
    timezoneId: 'Asia/Manila',
  });
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  await page.goto(`${app.url}/playground`);
  return page;
}

const phones = (page: Page) =>
  [phone(page, 'customer'), phone(page, 'admin'), phone(page, 'owner')] as const;

function phone(page: Page, seat: string) {
  const root = page.locator(`#${seat} .phone`);
  const button = (name: string | RegExp): Locator =>
    root.getByRole('button', { name, exact: typeof name === 'string' }).last();
  return {
    button,
    card: (title: string) =>
      root.locator('.card', { has: page.getByText(title, { exact: true }) }).last(),
    tap: (name: string | RegExp) => button(name).click(),
    says: async (text: string) => {
      await root.getByRole('textbox').fill(text);
      await root.getByRole('textbox').press('Enter');
    },
    /** The shop's bubble with this text. */
    hears: async (text: string | RegExp): Promise<string> => {
      const bubble = root.locator('.row:not(.is-mine) .bubble', { hasText: text }).last();
      await bubble.waitFor();
      return (await bubble.textContent()) ?? '';
    },
    sees: (text: string) => root.getByText(text).last().waitFor(),
  };
}
