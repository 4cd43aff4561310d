import type { FoundRow } from './check';
import type { Diagnosis, Examined } from './examine';

const LABELS: Record<Examined['outcome'], string> = {
  ok: 'ok',
  note: 'note',
  warning: 'warning',
  wrong: 'WRONG',
  unchecked: 'UNCHECKED',
};
const LABEL_WIDTH = 11;
const ID_WIDTH = 7;
const INDENT = ' '.repeat(2 + LABEL_WIDTH + ID_WIDTH);

/** 0 all is well, 1 something is wrong, 2 something could not be looked at. */
export function exitCodeOf({ checks }: Diagnosis): 0 | 1 | 2 {
  if (checks.some(({ outcome }) => outcome === 'wrong')) return 1;
  return checks.some(({ outcome, problem }) => outcome === 'unchecked' || problem !== null) ? 2 : 0;
}

/** For people: a line per check, and below it what was found, what that means and what to do. */
export function toText(diagnosis: Diagnosis): string {
  const { server, database, startedAt, checks } = diagnosis;
  return [
    `Database ${database} on ${server}, ${startedAt.toISOString()}`,
    '',
    ...checks.flatMap(linesOf),
    '',
    summary(diagnosis),
  ].join('\n');
}

function linesOf(one: Examined): string[] {
  const start = `  ${LABELS[one.outcome].padEnd(LABEL_WIDTH)}${one.id.padEnd(ID_WIDTH)}`;
  const title = one.count > 0 ? `${amount(one)} against: ${one.claim}` : one.claim;
  const details = [
    ...(one.cutShort === null
      ? []
      : [`cut short for time; looked at ${one.cutShort} (--seconds gives it more)`]),
    ...(one.problem === null ? [] : [`could not be checked: ${one.problem}`]),
    ...one.rows.map((row) => `- ${rowText(row)}`),
    ...(one.count > one.rows.length
      ? [`- … ${one.isCountCapped ? 'and many more' : `and ${one.count - one.rows.length} more`}`]
      : []),
    ...(one.count > 0 ? [one.why, `To do: ${one.remedy}`] : []),
  ];
  return [`${start}${title}`, ...details.map((line) => `${INDENT}${line}`)];
}

const amount = ({ count, isCountCapped }: Examined): string =>
  `${isCountCapped ? 'more than ' : ''}${count} ${count === 1 ? 'row' : 'rows'}`;

const rowText = (row: FoundRow): string =>
  Object.entries(row)
    .map(
      ([name, value]) => `${name}=${value instanceof Date ? value.toISOString() : String(value)}`,
    )
    .join('  ');

function summary({ checks, durationMs }: Diagnosis): string {
  const count = (outcome: Examined['outcome']): number =>
    checks.filter((check) => check.outcome === outcome).length;
  const parts = (['ok', 'note', 'warning', 'wrong', 'unchecked'] as const)
    .filter((outcome) => outcome === 'ok' || outcome === 'wrong' || count(outcome) > 0)
    .map((outcome) => `${count(outcome)} ${outcome}`);
  const cut = checks.filter(({ cutShort }) => cutShort !== null).length;
  const cutText = cut > 0 ? `; ${cut} cut short` : '';
  return `${checks.length} checks: ${parts.join(', ')}${cutText} (${(durationMs / 1_000).toFixed(1)} s)`;
}

/** For programs: one line of JSON. */
export function toJson(diagnosis: Diagnosis): string {
  const { server, database, startedAt, durationMs, checks } = diagnosis;
  return JSON.stringify({
    ok: exitCodeOf(diagnosis) === 0,
    server,
    database,
    started_at: startedAt,
    duration_ms: durationMs,
    checks: checks.map(({ cutShort, isCountCapped, durationMs: ms, ...one }) => ({
      ...one,
      is_count_capped: isCountCapped,
      cut_short: cutShort,
      duration_ms: ms,
    })),
  });
}
