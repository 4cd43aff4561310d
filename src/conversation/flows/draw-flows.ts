import type { Templates } from '../../templates/load-templates';
import { isAsk, isDo, isSay, type AskStep, type Flow, type Step } from './flow';
import type { FlowBook } from './load-flows';

const MAX_WORDS = 40;

const LEGEND = `# The flows, drawn

Drawn by \`npm run flows:draw\` from \`flows/\`; change the flows, not this page.

A slanted box is a question, a plain box is said, a hexagon is an action with its outcomes, a rounded box is another flow.
Dotted lines are buttons that work anywhere; words for them can be typed too.`;

/** One page with a Mermaid flowchart for each flow. */
export function drawFlows(book: FlowBook, templates: Templates): string {
  const flows = [...book.flows.values()].sort((one, other) => one.flow.localeCompare(other.flow));
  const sections = flows.map((flow) =>
    [
      `## ${flow.flow}`,
      '',
      flow.about,
      ...openers(flow, book),
      '',
      '```mermaid',
      drawFlow(flow, book, templates),
      '```',
    ].join('\n'),
  );
  return `${[LEGEND, ...sections].join('\n\n')}\n`;
}

function openers({ flow }: Flow, { commands }: FlowBook): string[] {
  const names = [...commands]
    .filter(([, command]) => command.flow === flow)
    .map(([name]) => `\`${name}\``);
  return names.length > 0 ? [`Opened by ${names.join(', ')}.`] : [];
}

function drawFlow(flow: Flow, book: FlowBook, templates: Templates): string {
  const nodes = Object.entries(flow.steps).map(
    ([name, step]) => `${id(name)}${shape(step, templates)}`,
  );
  const edges = Object.entries(flow.steps).flatMap(([name, step]) =>
    waysOf(step, book).map((way) => drawWay(name, way)),
  );
  const others = Object.values(flow.steps).flatMap((step) =>
    waysOf(step, book).flatMap(({ flow: other }) => (other ? [other] : [])),
  );
  const flows = [...new Set(others)].map(
    (other) => `${flowId(other)}([${quoted(`flow ${other}`)}])`,
  );
  const lines = [
    'start(( ))',
    ...nodes,
    ...flows,
    ...(edges.some((edge) => edge.endsWith(' finish')) ? ['finish((("end")))'] : []),
    `start --> ${id(flow.start)}`,
    ...edges,
  ];
  return ['flowchart TD', ...lines.map((line) => `  ${line}`)].join('\n');
}

interface Way {
  label: string;
  to?: string;
  flow?: string;
  isButton?: boolean;
}

function waysOf(step: Step, book: FlowBook): Way[] {
  if ('go' in step) return [{ label: '', flow: step.go }];
  const ways = (targets: Record<string, string> = {}): Way[] =>
    Object.entries(targets).map(([label, to]) => ({ label, to }));
  if (isDo(step)) return ways(step.on);
  if (isSay(step)) return [...ways(step.else), { label: '', to: step.next }];
  return [
    ...ways(step.else),
    ...ways(step.on),
    ...(step.next ? [{ label: step.expect, to: step.next }] : []),
    ...buttonsOf(step, book),
  ];
}

function buttonsOf(step: AskStep, { commands }: FlowBook): Way[] {
  return Object.entries(step.choices ?? {}).flatMap(([label, value]) => {
    const flow = commands.get(value.split(':')[0]!)?.flow;
    return flow ? [{ label, flow, isButton: true }] : [];
  });
}

function drawWay(from: string, { label, to, flow, isButton }: Way): string {
  const target = flow !== undefined ? flowId(flow) : to === 'end' ? 'finish' : id(to!);
  const arrow = isButton ? '-.->' : '-->';
  return `${id(from)} ${arrow}${label === '' ? '' : `|${quoted(label)}|`} ${target}`;
}

function shape(step: Step, templates: Templates): string {
  if ('go' in step) return `([${quoted('go over')}])`;
  if (isDo(step)) return `{{${quoted(step.do)}}}`;
  const [name, left, right] = isAsk(step) ? [step.ask, '[/', '/]'] : [step.say, '[', ']'];
  return `${left}${quoted(name, wordsOf(name, templates))}${right}`;
}

function wordsOf(name: string, templates: Templates): string {
  const words = templates.source(name, 'en')?.text.replace(/\s+/g, ' ').trim() ?? '';
  return words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS - 1).trimEnd()}…` : words;
}

/** Mermaid reserves words such as "end", so that ids carry a prefix. */
const id = (step: string): string => `s_${step}`;
const flowId = (flow: string): string => `f_${flow}`;

function quoted(...lines: string[]): string {
  return `"${lines.filter(Boolean).map(escape).join('<br/>')}"`;
}

const escape = (text: string): string =>
  text.replace(/#/g, '#35;').replace(/"/g, '#quot;').replace(/</g, '#lt;').replace(/>/g, '#gt;');
