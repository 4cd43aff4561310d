import { MAX_SUBJECT } from '../../channels/email/render';
import { LIMITS } from '../../channels/messenger/render';
import { segmentsOf, toGsm } from '../../channels/sms/gsm';
import { MAX_SMS } from '../../channels/sms/render';
import {
  LANGUAGES,
  type Language,
  type Params,
  type Templates,
} from '../../templates/load-templates';
import type { FlowProblem } from './problem';

/** Every parameter is there, and short: what is measured are our own words. */
const ANY_PARAMS = new Proxy<Params>({}, { get: () => '2', has: () => true });

/** The longest text that each channel shows in one message. */
const TEXT_LIMITS = { messenger: LIMITS.text, sms: MAX_SMS } as const;

/** `offered` names the labels that flows show as buttons, as `template/choice`. */
export function checkTemplates(templates: Templates, offered: ReadonlySet<string>): FlowProblem[] {
  return [...templates.names]
    .sort()
    .flatMap((name) =>
      LANGUAGES.flatMap((language) => checkTemplate(name, language, templates, offered)),
    );
}

function checkTemplate(
  name: string,
  language: Language,
  templates: Templates,
  offered: ReadonlySet<string>,
): FlowProblem[] {
  const source = templates.source(name, language);
  // A missing language is reported by loading.
  if (!source) return [];
  const file = `templates/${name}/${language}.yaml`;
  const text = (channel: string): string => templates.text(name, language, channel, ANY_PARAMS);
  const problems: FlowProblem[] = [];

  for (const [channel, limit] of Object.entries(TEXT_LIMITS)) {
    const { length } = text(channel);
    if (length > limit)
      problems.push({
        file,
        at: ['text'],
        problem: `the text has ${length} characters, ${channel} takes ${limit}`,
      });
  }
  // All branches of a plural or select count, so the unfilled text is looked at, unless SMS has words of its own.
  const forSms = text('sms') === text('') ? source.text : text('sms');
  problems.push(...checkGsm(file, ['text'], 'the text', forSms));

  const subject = templates.subject(name, language, ANY_PARAMS) ?? '';
  if (subject.length > MAX_SUBJECT)
    problems.push({
      file,
      at: ['subject'],
      problem: `the subject has ${subject.length} characters, a mail shows ${MAX_SUBJECT}`,
    });
  for (const [key, words] of Object.entries(source.choices ?? {})) {
    const { length } = templates.choice(name, key, language, ANY_PARAMS);
    const at = ['choices', key];
    const isButton = offered.has(`${name}/${key}`) || !isPieceOfText(name, words);
    if (isButton && length > LIMITS.quickReplyTitle) {
      problems.push({
        file,
        at,
        problem: `the label of ${key} has ${length} characters, a quick reply takes ${LIMITS.quickReplyTitle}`,
      });
    }
    problems.push(...checkGsm(file, at, `the label of ${key}`, words));
  }
  return [...problems, ...checkLanguages(name, language, templates)];
}

/** Code also takes words and sentences from choices, to put them into texts: those are no buttons. */
const isPieceOfText = (name: string, words: string): boolean =>
  name.endsWith('_words') || /[.!?]$/.test(words.trim());

/** One character outside the GSM alphabet makes every part of an SMS less than half as long. */
function checkGsm(file: string, at: string[], what: string, words: string): FlowProblem[] {
  const foreign = [...new Set(toGsm(words))].filter((char) => !isGsm(char));
  if (foreign.length === 0) return [];
  return [
    {
      file,
      at,
      problem: `${what} has ${foreign.join(' ')}, with which an SMS costs more than twice as much`,
    },
  ];
}

/** 71 characters are one SMS in the GSM alphabet and two outside of it. */
const isGsm = (char: string): boolean => segmentsOf(char.repeat(71)) === 1;

/** A label that another language has is used somewhere, if only in code. */
function checkLanguages(name: string, language: Language, templates: Templates): FlowProblem[] {
  const own = templates.source(name, language)?.choices ?? {};
  const others = LANGUAGES.filter((other) => other !== language);
  const hasSubject = (one: Language) => templates.source(name, one)?.subject !== undefined;
  const withSubject = hasSubject(language) ? undefined : others.find(hasSubject);
  const missing = others.flatMap((other) =>
    Object.keys(templates.source(name, other)?.choices ?? {})
      .filter((key) => !own[key])
      .map((key) => ({ key, other })),
  );
  const file = `templates/${name}/${language}.yaml`;
  return [
    ...(withSubject
      ? [{ file, at: [], problem: `there is no subject, which ${withSubject}.yaml has` }]
      : []),
    ...missing.map(({ key, other }) => ({
      file,
      at: ['choices'],
      problem: `there is no label for the choice ${key}, which ${other}.yaml has`,
    })),
  ];
}
