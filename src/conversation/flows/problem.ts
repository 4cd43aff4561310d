import type { FileProblem } from '../../templates/load-templates';

/** A problem of a flow or a template, with the place in its file where it is known. */
export interface FlowProblem extends FileProblem {
  line?: number;
  /** Where in the file it is, for finding the line. */
  at?: readonly string[];
  /** Looks wrong, but nothing breaks. */
  isWarning?: true;
}

/** `flows/checkout.yaml:12 step payment: …` */
export function describe({ file, line, problem, isWarning }: FlowProblem): string {
  const where = line === undefined ? `${file}:` : `${file}:${line}`;
  return `${isWarning ? 'warning: ' : ''}${where} ${problem}`;
}
