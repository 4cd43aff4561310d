import { findPrograms } from './programs.mjs';
import { say } from './progress.mjs';
import { canInstallSystemPackages, installSystemPackages } from './system-packages.mjs';

const NAMES = ['chromium', 'google-chrome', 'google-chrome-stable', 'chromium-browser'];

/**
 * The environment by which the browser tests find a browser, which is installed where we may. Without one
 * they are skipped: a shop can be worked on without a browser.
 */
export async function browserEnvironment(signal) {
  if (process.env.SKIP_BROWSER) return {};
  if (process.env.CHROMIUM_PATH) return { CHROMIUM_PATH: process.env.CHROMIUM_PATH };
  const reason = findBrowser() ? '' : await install(signal);
  const path = findBrowser();
  if (path) return { CHROMIUM_PATH: path };
  say(`• Skipping the browser tests: no Chromium or Chrome is installed (${reason}).`);
  return { SKIP_BROWSER: '1' };
}

function findBrowser() {
  return findPrograms(NAMES)[0];
}

/** Returns why there is still none, when there is none. */
async function install(signal) {
  if (!canInstallSystemPackages()) return 'install the package chromium to run them';
  try {
    await installSystemPackages({
      title: 'Installing Chromium for the browser tests',
      hint: 'once, about a minute',
      // Without a font, pages are measured and drawn without their text.
      packages: ['chromium', 'fonts-liberation'],
      isThere: () => findBrowser() !== undefined,
      signal,
    });
    return 'the package chromium has no browser in it here; install Google Chrome to run them';
  } catch (error) {
    signal.throwIfAborted();
    return `installing it failed: ${error.message.split('\n')[0]}`;
  }
}
