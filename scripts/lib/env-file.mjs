import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './project.mjs';

/** Loads `.env`, when there is one; what the environment says already wins. */
export function loadEnvFile(file = join(ROOT, '.env')) {
  if (!existsSync(file)) return;
  for (const [name, value] of Object.entries(parseEnv(readFileSync(file, 'utf8')))) {
    process.env[name] ??= value;
  }
}

/**
 * NAME=value per line; `export`, comments and one pair of quotes are understood, \n inside double quotes is
 * a line break. Written here because Node has its own only since 20.12.
 */
export function parseEnv(text) {
  const values = {};
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/.exec(line);
    if (match) values[match[1]] = unquote(match[2].trim());
  }
  return values;
}

function unquote(text) {
  const quoted = /^(["'`])(.*?)\1\s*(?:#.*)?$/.exec(text);
  if (!quoted) return text.replace(/(^|\s)#.*$/, '').trimEnd();
  return quoted[1] === '"' ? quoted[2].replaceAll('\\n', '\n') : quoted[2];
}
