import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const ROOT = path.join(__dirname, '..', '..');
const SRC = path.join(ROOT, 'src');

/** As in ARCHITECTURE.md, from the top down; what stands on one line may not import each other, unless it is one folder. */
const LAYERS = [
  ['main', 'app', 'deps', 'prepare-database'],
  ['api', 'playground', 'webchat', 'webhooks'],
  ['conversation'],
  ['orders'],
  ['cart'],
  ['inventory'],
  ['notifications'],
  ['outgoing'],
  ['inbox'],
  ['media'],
  ['catalog', 'customers', 'businesses'],
  ['channels'],
  ['templates'],
  ['outbox', 'queue'],
  ['db'],
  ['lib'],
];
/** Read by everything and importing nothing. */
const SETTINGS = 'config';
/** Programs and checks that are put together from the layers; nothing of the layers may need them. */
const BESIDE = ['demo', 'doctor', 'jobs'];

/** Where the code is not yet as ARCHITECTURE.md says. A line that is no longer needed fails, too. */
const KNOWN_VIOLATIONS: string[] = [];
const KNOWN_WITHOUT_PLACE: string[] = [];

interface Import {
  file: string;
  /** `express`, `node:path`, or a path in src without its ending. */
  to: string;
  isInside: boolean;
}

const imports: Import[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.split(path.sep).join('/'))
  .flatMap(importsOf);

function importsOf(file: string): Import[] {
  const text = readFileSync(path.join(SRC, file), 'utf8');
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => {
    if (!fileName.startsWith('.')) return { file, to: fileName, isInside: false };
    const to = path.posix.join(path.posix.dirname(`src/${file}`), fileName);
    const isInside = to.startsWith('src/');
    return { file, to: isInside ? to.slice('src/'.length) : to, isInside };
  });
}

/** `channels` for `channels/sms/send.ts`, `app` for `app.ts`. */
const folderOf = (file: string): string => file.split('/')[0]!.replace(/\.ts$/, '');
const levelOf = (folder: string): number => LAYERS.findIndex((layer) => layer.includes(folder));
const from = (folders: RegExp) => (one: Import) => !folders.test(one.file);
const show = ({ file, to }: Import): string => `${file} imports ${to}`;

test('there are imports to look at', () => {
  expect(imports.length).toBeGreaterThan(100);
});

test('ARCHITECTURE.md lists the same layers', () => {
  const text = readFileSync(path.join(ROOT, 'ARCHITECTURE.md'), 'utf8').replace(/\s+/g, ' ');
  const [, listed = ''] = /Imports point one way: `([^`]+)`/.exec(text) ?? [];
  expect(listed.split(' → ').map((layer) => layer.split('|'))).toEqual(LAYERS);
});

test('every folder has its place', () => {
  const folders = new Set(readdirSync(SRC).map(folderOf));
  const placed = new Set([...LAYERS.flat(), ...BESIDE, SETTINGS]);
  expect([...folders].filter((folder) => !placed.has(folder))).toEqual(KNOWN_WITHOUT_PLACE);
});

test('imports point down', () => {
  const wrong = imports.filter(({ file, to, isInside }) => {
    const [here, there] = [folderOf(file), folderOf(to)];
    if (!isInside || here === there || there === SETTINGS) return false;
    if (here === SETTINGS) return true;
    // Programs may use everything; the top may start them.
    if (BESIDE.includes(here)) return false;
    if (BESIDE.includes(there)) return levelOf(here) > 0;
    return levelOf(there) <= levelOf(here) && !(levelOf(here) === 0 && levelOf(there) === 0);
  });
  expect(wrong.map(show).sort()).toEqual([...KNOWN_VIOLATIONS].sort());
});

test('no file is imported by what it imports', () => {
  const next = new Map<string, string[]>();
  for (const { file, to, isInside } of imports) {
    if (!isInside) continue;
    const target = [`${to}.ts`, `${to}/index.ts`].find((name) => existsSync(path.join(SRC, name)));
    if (target) next.set(file, [...(next.get(file) ?? []), target]);
  }
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, trail: string[]): void => {
    if (trail.includes(file)) {
      circles.push([...trail.slice(trail.indexOf(file)), file].join(' > '));
      return;
    }
    if (done.has(file)) return;
    for (const other of next.get(file) ?? []) visit(other, [...trail, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  expect(circles).toEqual([]);
});

test('only the bot folder knows the Bot Framework', () => {
  const wrong = imports
    .filter(({ to }) => /^botbuilder/.test(to))
    .filter(from(/^conversation\/bot\//));
  expect(wrong.map(show)).toEqual([]);
});

test("only the Bot Framework's channel knows its connector", () => {
  const wrong = imports
    .filter(({ to }) => to === 'botframework-connector')
    .filter(from(/^channels\/botframework\//));
  expect(wrong.map(show)).toEqual([]);
});

test('only what serves HTTP knows Express', () => {
  const wrong = imports
    .filter(({ to }) => to === 'express')
    .filter(from(/^(api|webchat|webhooks|playground)\/|^app\.ts$/));
  expect(wrong.map(show)).toEqual([]);
});

test("only the channels by Twilio and the webhooks know Twilio's library", () => {
  const wrong = imports
    .filter(({ to }) => to === 'twilio')
    .filter(from(/^(channels\/(sms|twilio)|webhooks|playground)\//));
  expect(wrong.map(show)).toEqual([]);
});

test("only the browser's own process loads the library of WhatsApp Web, and nobody loads that process", () => {
  const wrong = imports
    .filter(({ to }) => to === 'whatsapp-web.js' || to.startsWith('channels/whatsapp-web/browser/'))
    .filter(from(/^channels\/whatsapp-web\/browser\//));
  expect(wrong.map(show)).toEqual([]);
});

test('nothing beside src is imported, but the settings of knex for migrating', () => {
  const wrong = imports.filter(
    ({ to, isInside }) => !isInside && existsSync(path.join(ROOT, `${to}.ts`)),
  );
  expect(wrong.map(show)).toEqual(['db/migrate.ts imports knexfile']);
});

test('migrations import nothing of the program', () => {
  const folder = path.join(ROOT, 'migrations');
  const wrong = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .filter((file) =>
      ts
        .preProcessFile(readFileSync(path.join(folder, file), 'utf8'), true, true)
        .importedFiles.some(({ fileName }) => fileName.includes('src/')),
    );
  expect(wrong).toEqual([]);
});
