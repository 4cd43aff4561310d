import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { loadTemplates, type Templates } from '../../templates/load-templates';
import { checkFlows } from './check-flows';
import { isAsk, isSay } from './flow';
import { loadFlows, type FlowBook } from './load-flows';
import type { FlowProblem } from './problem';

/** A shorter beginning of a name put together in code (`a${b}`) would excuse everything. */
const MIN_PREFIX_LENGTH = 4;

export interface Checked {
  book: FlowBook;
  templates: Templates;
  problems: FlowProblem[];
}

/** Loads flows/, templates/ and looks for what is wrong in them; `src` is only searched for names of templates. */
export function checkFiles(root: string): Checked {
  const { book, problems: inFlows } = loadFlows(path.join(root, 'flows'));
  const { templates, problems: inTemplates } = loadTemplates(path.join(root, 'templates'));
  const found = [
    ...inFlows,
    ...inTemplates,
    ...checkFlows(book, templates),
    ...unused(book, templates, path.join(root, 'src')),
  ];
  return {
    book,
    templates,
    problems: withoutTwins(found.map((problem) => located(root, problem))),
  };
}

function unused(book: FlowBook, templates: Templates, src: string): FlowProblem[] {
  const inFlows = new Set(
    [...book.flows.values()].flatMap(({ steps }) =>
      Object.values(steps).map((step) => (isAsk(step) ? step.ask : isSay(step) ? step.say : '')),
    ),
  );
  const code = sources(src)
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const prefixes = [...code.matchAll(/`([a-z_]+)\$\{/g)]
    .map(([, prefix = '']) => prefix)
    .filter(({ length }) => length >= MIN_PREFIX_LENGTH);
  const isInCode = (name: string): boolean =>
    new RegExp(`['"\`]${name}['"\`]|\\b${name}:`).test(code) ||
    prefixes.some((prefix) => name.startsWith(prefix));
  return [...templates.names]
    .filter((name) => !inFlows.has(name) && !isInCode(name))
    .map((name) => ({
      file: `templates/${name}`,
      problem: 'no flow and no code uses it',
      isWarning: true,
    }));
}

function sources(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(folder, file));
}

/** Adds the line of a problem that only knows the key it is about. */
function located(root: string, problem: FlowProblem): FlowProblem {
  const file = path.join(root, problem.file);
  if (problem.line !== undefined || !problem.at || !existsSync(file)) return problem;
  const counter = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), {
    lineCounter: counter,
    keepSourceTokens: true,
  });
  for (let keys = [...problem.at]; keys.length > 0; keys = keys.slice(0, -1)) {
    const parent = document.getIn(keys.slice(0, -1), true) ?? document.contents;
    const line = lineOfKey(parent, keys.at(-1)!, counter);
    if (line !== undefined) return { ...problem, line };
  }
  return { ...problem, line: 1 };
}

function lineOfKey(parent: unknown, key: string, counter: LineCounter): number | undefined {
  const { items = [] } = (parent ?? {}) as {
    items?: { key?: { value?: unknown; range?: number[] } }[];
  };
  const start = items.find((item) => item.key?.value === key)?.key?.range?.[0];
  return start === undefined ? undefined : counter.linePos(start).line;
}

/** A label that is missing is found by way of each flow that offers it and of the other language. */
function withoutTwins(problems: FlowProblem[]): FlowProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ file, problem }) => {
    const [about = problem] = /^there is no label for the choice \w+/.exec(problem) ?? [];
    const twin = `${file} ${about}`;
    return seen.size !== seen.add(twin).size;
  });
}
