import { LIMITS } from '../../channels/messenger/render';
import { LANGUAGES, type Templates } from '../../templates/load-templates';
import { outcomesOfAction } from '../actions/action';
import { checkTemplates } from './check-templates';
import {
  isAsk,
  isDo,
  isSay,
  targetsOf,
  type AskStep,
  type Flow,
  type SayStep,
  type Step,
} from './flow';
import type { FlowBook } from './load-flows';
import type { FlowProblem } from './problem';

const COMMAND_VALUE = /^([A-Z_]{2,})(:|$)/;

/** What loading cannot see (DLG-1): whether everything that flows and templates name exists, fits and leads somewhere. */
export function checkFlows(book: FlowBook, templates: Templates): FlowProblem[] {
  return [
    ...checkCommands(book),
    ...[...book.flows.values()].flatMap((flow) => checkFlow(flow, book, templates)),
    ...checkTemplates(templates, labelsOffered(book)),
  ];
}

/** `template/choice` of every button that a flow shows. */
function labelsOffered({ flows }: FlowBook): ReadonlySet<string> {
  const questions = [...flows.values()].flatMap(({ steps }) => Object.values(steps).filter(isAsk));
  return new Set(
    questions.flatMap(({ ask, choices }) =>
      Object.keys(choices ?? {}).map((key) => `${ask}/${key}`),
    ),
  );
}

function checkCommands({ commands, flows }: FlowBook): FlowProblem[] {
  return [...commands]
    .filter(([, command]) => !flows.has(command.flow))
    .map(([name, { flow }]) => ({
      file: 'flows/commands.yaml',
      at: [name],
      problem: `command ${name}: there is no flow ${flow}`,
    }));
}

function checkFlow(flow: Flow, book: FlowBook, templates: Templates): FlowProblem[] {
  const file = `flows/${flow.flow}.yaml`;
  if (!flow.steps[flow.start])
    return [{ file, at: ['start'], problem: `there is no step ${flow.start} to start with` }];
  const isReachable = reachable(flow);
  const leads = leadingOn(flow);
  return Object.entries(flow.steps).flatMap(([name, step]) => {
    const line = book.lineOf(flow.flow, name);
    const own = [
      ...targetsOf(step)
        .filter((target) => target !== 'end' && !flow.steps[target])
        .map((target) => `there is no step ${target}`),
      ...(isReachable.has(name) ? [] : ['no way leads here']),
      ...(leads.has(name) ? [] : ['dead end: no way leads to a question, another flow or the end']),
      ...checkStep(step, book, templates),
    ];
    const problems = [...new Set(own)].map((problem): FlowProblem => ({
      file,
      line,
      problem: `step ${name}: ${problem}`,
    }));
    return [...problems, ...(isAsk(step) ? checkLabels(step, `${file}:${line}`, templates) : [])];
  });
}

function reachable(flow: Flow): Set<string> {
  const seen = new Set<string>();
  const open = [flow.start];
  while (open.length > 0) {
    const name = open.pop()!;
    const step = flow.steps[name];
    if (!step || seen.has(name)) continue;
    seen.add(name);
    open.push(...targetsOf(step));
  }
  return seen;
}

/** Steps from which a turn can come to rest; the others would go in a circle until the engine gives up. */
function leadingOn(flow: Flow): Set<string> {
  const steps = Object.entries(flow.steps);
  const leads = new Set([
    'end',
    ...steps.filter(([, step]) => isAsk(step) || 'go' in step).map(([name]) => name),
  ]);
  for (let before = -1; before !== leads.size;) {
    before = leads.size;
    for (const [name, step] of steps) {
      // A way to a step that is missing is reported as such, not a second time as a dead end.
      if (targetsOf(step).some((target) => leads.has(target) || !flow.steps[target]))
        leads.add(name);
    }
  }
  return leads;
}

function checkStep(step: Step, book: FlowBook, templates: Templates): string[] {
  if ('go' in step) return book.flows.has(step.go) ? [] : [`there is no flow ${step.go}`];
  if (isDo(step)) return checkOutcomes(step.do, step.on, 'on', []);
  const template = isSay(step) ? step.say : step.ask;
  return [
    ...(templates.names.has(template) ? [] : [`there is no template ${template}`]),
    ...checkShow(step),
    ...(isAsk(step) ? checkQuestion(step, book) : []),
  ];
}

function checkShow(step: SayStep | AskStep): string[] {
  if (step.show) return checkOutcomes(step.show, step.else ?? {}, 'else', ['ok']);
  return step.else ? ['else has no meaning without show'] : [];
}

function checkOutcomes(
  action: string,
  ways: Record<string, string>,
  key: string,
  handled: string[],
): string[] {
  const outcomes = outcomesOfAction(action);
  if (!outcomes) return [`there is no action ${action}`];
  const missing = outcomes.filter((outcome) => !(outcome in ways) && !handled.includes(outcome));
  const unknown = Object.keys(ways).filter((outcome) => !outcomes.includes(outcome));
  return [
    ...missing.map((outcome) => `${action} can end with ${outcome}, for which ${key} has no way`),
    ...unknown.map((outcome) => `${action} never ends with ${outcome}, which ${key} names`),
  ];
}

function checkQuestion(step: AskStep, { commands }: FlowBook): string[] {
  const values = Object.values(step.choices ?? {});
  const answers = values.filter((value) => !COMMAND_VALUE.test(value));
  const unknown = values
    .map((value) => COMMAND_VALUE.exec(value)?.[1])
    .filter((name) => name !== undefined && !commands.has(name));
  const lost = step.next ? [] : answers.filter((value) => !step.on?.[value]);
  const offers = values.length > 0 || step.show !== undefined;
  const isTyped = step.expect !== 'command' && step.expect !== 'choice';
  // Choices that an action supplies are only known when it runs.
  const unasked =
    step.show || isTyped
      ? []
      : Object.keys(step.on ?? {}).filter((value) => !answers.includes(value));
  return [
    ...unknown.map((name) => `there is no command ${name}`),
    ...(step.late && !commands.has(step.late) ? [`there is no command ${step.late}`] : []),
    ...lost.map((value) => `dead end: the choice ${value} leads nowhere`),
    ...(isTyped && !step.next
      ? [`dead end: a ${step.expect} that is typed leads nowhere without next`]
      : []),
    ...(step.expect === 'choice' && values.length === 0 && !step.next
      ? ['dead end: what show offers leads nowhere without next']
      : []),
    ...(isTyped || offers ? [] : ['dead end: there is nothing to choose']),
    ...unasked.map((value) => `no choice stands for ${value}, which on names`),
    ...(step.skip_if && !step.next ? ['skip_if needs next'] : []),
    ...(values.length > LIMITS.quickReplies
      ? [`${values.length} choices, Messenger shows ${LIMITS.quickReplies}`]
      : []),
  ];
}

/** Labels belong to the template's file, so that is where one is missing. */
function checkLabels(step: AskStep, where: string, templates: Templates): FlowProblem[] {
  return LANGUAGES.flatMap((language) => {
    const source = templates.source(step.ask, language);
    if (!source) return [];
    return Object.keys(step.choices ?? {})
      .filter((key) => !source.choices?.[key])
      .map((key) => ({
        file: `templates/${step.ask}/${language}.yaml`,
        at: ['choices'],
        problem: `there is no label for the choice ${key}, which ${where} offers`,
      }));
  });
}
