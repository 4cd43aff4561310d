import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder of package.json, whether the code runs from src/ or from dist/src/: flows, templates and pictures are read from there. */
export const projectRoot = find(__dirname);

function find(from: string): string {
  if (existsSync(path.join(from, 'package.json')) && existsSync(path.join(from, 'migrations')))
    return from;
  const up = path.dirname(from);
  if (up === from) throw new Error('cannot find the project folder above ' + __dirname);
  return find(up);
}
