import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

/** `npm test` sets CHROMIUM_PATH, and SKIP_BROWSER where there is no browser. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const hasBrowser = !process.env.SKIP_BROWSER;

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? PLACES.find((place) => existsSync(place)),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-default-apps',
      '--disable-sync',
      '--no-first-run',
      '--metrics-recording-only',
    ],
  });
}
