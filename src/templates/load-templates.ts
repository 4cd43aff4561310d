import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import MessageFormat, { type MessageFunction } from '@messageformat/core';
import { parse } from 'yaml';
import { z } from 'zod';

export const LANGUAGES = ['en', 'fil'] as const;
export type Language = (typeof LANGUAGES)[number];

export const toLanguage = (value: string | null | undefined): Language =>
  LANGUAGES.find((language) => language === value) ?? 'en';

export type Params = Record<string, string | number>;

/** One file of templates/: the words of a message in one language, and for one channel if its name says so. */
const templateFile = z.strictObject({
  /** Of an e-mail. */
  subject: z.string().optional(),
  text: z.string(),
  choices: z.record(z.string(), z.string()).optional(),
});

/** Words in all languages, ready to be filled. */
export interface Templates {
  names: ReadonlySet<string>;
  /** The text of a message. An unknown name is a bug, since flows:check and the start have looked at all of them. */
  text(name: string, language: Language, channel: string, params?: Params): string;
  /** What an e-mail with it is about, where it says so. */
  subject(name: string, language: Language, params?: Params): string | undefined;
  /** The label of one of its choices. */
  choice(name: string, key: string, language: Language, params?: Params): string;
  /** What stands in a file, unfilled, for flows:check. */
  source(name: string, language: Language): z.infer<typeof templateFile> | undefined;
}

/** A problem in a file of flows/ or templates/, for people: where and what. */
export interface FileProblem {
  file: string;
  problem: string;
}

interface Entry {
  source: z.infer<typeof templateFile>;
  text: MessageFunction<'string'>;
  subject: MessageFunction<'string'> | undefined;
  choices: Map<string, MessageFunction<'string'>>;
}

const FILE = /^([a-z]+)(?:\.([a-z]+))?\.yaml$/;

/** Reads templates/ (one folder a message, `en.yaml`, `fil.yaml`, `en.sms.yaml`). All problems are reported at once. */
export function loadTemplates(folder: string): { templates: Templates; problems: FileProblem[] } {
  const problems: FileProblem[] = [];
  const entries = new Map<string, Entry>();
  const names = new Set<string>();
  const formats = new Map<string, MessageFormat>(
    LANGUAGES.map((language) => [language, new MessageFormat(language)]),
  );

  for (const name of folders(folder)) {
    names.add(name);
    for (const file of readdirSync(path.join(folder, name)).sort()) {
      const where = `templates/${name}/${file}`;
      const [, language = '', channel] = FILE.exec(file) ?? [];
      const format = formats.get(language);
      if (!format) {
        problems.push({
          file: where,
          problem: `is not named like ${LANGUAGES.join('.yaml or ')}.yaml`,
        });
        continue;
      }
      try {
        const source = templateFile.parse(
          parse(readFileSync(path.join(folder, name, file), 'utf8')),
        );
        entries.set(key(name, language, channel), compile(format, source));
      } catch (error) {
        problems.push({ file: where, problem: explain(error) });
      }
    }
    for (const language of LANGUAGES) {
      if (!entries.has(key(name, language))) {
        problems.push({ file: `templates/${name}`, problem: `has no ${language}.yaml` });
      }
    }
  }
  return { templates: templatesOf(entries, names), problems };
}

function templatesOf(entries: Map<string, Entry>, names: ReadonlySet<string>): Templates {
  const find = (name: string, language: string, channel?: string): Entry => {
    const entry =
      entries.get(key(name, language, channel)) ??
      entries.get(key(name, language)) ??
      entries.get(key(name, 'en'));
    if (!entry) throw new Error(`no template ${name}`);
    return entry;
  };
  return {
    names,
    text: (name, language, channel, params = {}) =>
      String(find(name, language, channel).text(params)).trim(),
    subject: (name, language, params = {}) => {
      const subject = find(name, language).subject?.(params);
      return subject === undefined ? undefined : String(subject).trim();
    },
    choice: (name, choice, language, params = {}) => {
      const label = find(name, language).choices.get(choice);
      if (!label) throw new Error(`template ${name} has no choice ${choice}`);
      // A label that is only a number comes back as one.
      return String(label(params)).trim();
    },
    source: (name, language) => entries.get(key(name, language))?.source,
  };
}

function compile(format: MessageFormat, source: z.infer<typeof templateFile>): Entry {
  return {
    source,
    text: format.compile(source.text),
    subject: source.subject === undefined ? undefined : format.compile(source.subject),
    choices: new Map(
      Object.entries(source.choices ?? {}).map(([name, label]) => [name, format.compile(label)]),
    ),
  };
}

const key = (name: string, language: string, channel?: string): string =>
  `${name}/${language}/${channel ?? ''}`;

const folders = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

/** One line about what is wrong in a file. */
export function explain(error: unknown): string {
  if (error instanceof z.ZodError) {
    return error.issues
      .map((issue) => `${issue.path.join('.') || 'file'}: ${issue.message}`)
      .join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}
