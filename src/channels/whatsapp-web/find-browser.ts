import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The setting's Chromium, else the machine's; or in words what to do. */
export function findBrowser(
  setting: string | undefined,
  searchPath = process.env.PATH ?? '',
): { path: string } | { problem: string } {
  if (setting !== undefined) {
    return isProgram(setting)
      ? { path: setting }
      : { problem: `PUPPETEER_EXECUTABLE_PATH is no program: ${setting}` };
  }
  const folders = searchPath.split(path.delimiter).filter(Boolean);
  const found = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(
    isProgram,
  );
  return found === undefined
    ? {
        problem:
          'No Chromium or Chrome was found, which WHATSAPP_DRIVER=web needs. Install the package chromium, or set PUPPETEER_EXECUTABLE_PATH.',
      }
    : { path: found };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
