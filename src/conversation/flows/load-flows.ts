import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { normalise } from '../../lib/text';
import { explain, type FileProblem } from '../../templates/load-templates';
import { commandsSchema, flowSchema, type Command, type Flow } from './flow';

/** The flows and commands of flows/, ready to run. */
export interface FlowBook {
  flows: ReadonlyMap<string, Flow>;
  commands: ReadonlyMap<string, Command>;
  /** Typed words, normalised, with the command and the languages in which they mean it. */
  words: ReadonlyMap<string, { command: string; languages: readonly string[] }>;
  /** Line of a step in its file, for messages about it. */
  lineOf(flow: string, step: string): number;
}

const COMMANDS_FILE = 'commands.yaml';

/** Reads flows/*.yaml. Shapes are checked here, meaning in check-flows.ts; all problems are reported at once. */
export function loadFlows(folder: string): { book: FlowBook; problems: FileProblem[] } {
  const problems: FileProblem[] = [];
  const flows = new Map<string, Flow>();
  const lines = new Map<string, number>();
  let commands = new Map<string, Command>();

  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()) {
    const where = `flows/${file}`;
    const counter = new LineCounter();
    const document = parseDocument(readFileSync(path.join(folder, file), 'utf8'), {
      lineCounter: counter,
    });
    const [broken] = document.errors;
    if (broken) {
      problems.push({ file: where, problem: broken.message });
      continue;
    }
    const parsed = (file === COMMANDS_FILE ? commandsSchema : flowSchema).safeParse(
      document.toJS(),
    );
    if (!parsed.success) {
      problems.push({ file: where, problem: explain(parsed.error) });
    } else if (file === COMMANDS_FILE) {
      commands = new Map(Object.entries(parsed.data as Record<string, Command>));
    } else {
      const flow = parsed.data as Flow;
      if (`${flow.flow}.yaml` !== file)
        problems.push({ file: where, problem: `is the flow ${flow.flow}: name the file after it` });
      flows.set(flow.flow, flow);
      for (const step of Object.keys(flow.steps)) {
        lines.set(`${flow.flow}.${step}`, lineOfKey(document, counter, step));
      }
    }
  }
  const words = wordsOf(commands, problems);
  return {
    book: { flows, commands, words, lineOf: (flow, step) => lines.get(`${flow}.${step}`) ?? 1 },
    problems,
  };
}

function lineOfKey(document: Document, counter: LineCounter, step: string): number {
  const steps = document.get('steps', true);
  const key = isMap(steps)
    ? steps.items.find(({ key }) => isScalar(key) && key.value === step)?.key
    : undefined;
  return isScalar(key) && key.range ? counter.linePos(key.range[0]).line : 1;
}

function wordsOf(commands: Map<string, Command>, problems: FileProblem[]): FlowBook['words'] {
  const words = new Map<string, { command: string; languages: string[] }>();
  for (const [name, command] of commands) {
    for (const [language, list] of Object.entries(command.words)) {
      for (const word of list.map(normalise)) {
        const existing = words.get(word);
        if (!existing) words.set(word, { command: name, languages: [language] });
        else if (existing.command === name) existing.languages.push(language);
        else
          problems.push({
            file: `flows/${COMMANDS_FILE}`,
            problem: `"${word}" means both ${existing.command} and ${name}`,
          });
      }
    }
  }
  return words;
}
