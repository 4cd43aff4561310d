import { z } from 'zod';

const stepName = z.string().regex(/^[a-z][a-z0-9_]*$/, 'names are written like_this');
const templateName = z.string().regex(/^[a-z][a-z0-9_]*$/);
const actionName = z.string().regex(/^[a-z_]+\.[a-z_]+$/, 'actions are named like cart.add');

/** Where to go: a step of this flow, or the end of it. */
const target = z.union([stepName, z.literal('end')]);
const targets = z.record(z.string(), target);

/** How the answer to a question is read; each has a parser in understanding/answers.ts. */
export const EXPECTATIONS = [
  'command',
  'choice',
  'quantity',
  'count',
  'name',
  'phone',
  'address',
  'text',
] as const;
export type Expectation = (typeof EXPECTATIONS)[number];

/** Says something and goes on. */
const sayStep = z.strictObject({
  say: templateName,
  /** An action whose view fills the template; other outcomes than `ok` go where `else` says. */
  show: actionName.optional(),
  else: targets.optional(),
  next: target,
});

/** Asks and waits for the answer. */
const askStep = z.strictObject({
  ask: templateName,
  show: actionName.optional(),
  else: targets.optional(),
  expect: z.enum(EXPECTATIONS),
  /** Labels of the template's choices and the command or answer that each stands for. */
  choices: z.record(z.string(), z.string()).optional(),
  /** The slot that keeps the answer. */
  save: z.string().optional(),
  /** Not asked again while this slot is filled. */
  skip_if: z.string().optional(),
  /** Where each chosen answer leads; anything else goes to `next`. */
  on: targets.optional(),
  next: target.optional(),
  /** The command that a tap means once this question is over: a button stays on the screen. */
  late: z.string().optional(),
});

/** Does something and goes where the outcome says. */
const doStep = z.strictObject({ do: actionName, on: targets });

/** Goes over to another flow. */
const goStep = z.strictObject({ go: stepName });

export const stepSchema = z.union([sayStep, askStep, doStep, goStep]);
export type Step = z.infer<typeof stepSchema>;
export type AskStep = z.infer<typeof askStep>;
export type SayStep = z.infer<typeof sayStep>;
export type DoStep = z.infer<typeof doStep>;

export const flowSchema = z.strictObject({
  flow: stepName,
  about: z.string(),
  start: stepName,
  /** Answers given so far are kept when the customer leaves, and are still there when they come back. */
  keep_answers: z.boolean().default(false),
  steps: z.record(stepName, stepSchema),
});
export type Flow = z.infer<typeof flowSchema>;

/** A word or button that works anywhere (DLG-3). */
export const commandSchema = z.strictObject({
  flow: stepName,
  /** What the part after the colon (`ADD_TO_CART:SKU-1001`) is called in the flow's slots. */
  argument: z.string().optional(),
  /** Answers and comes back to the question that was open. */
  interrupts: z.boolean().default(false),
  /** What the argument is when the command comes without one: "Filipino" is LANGUAGE with `fil`. */
  value: z.string().optional(),
  /** Typed words that mean it, by language. */
  words: z.record(z.string(), z.array(z.string())).default({}),
});
export type Command = z.infer<typeof commandSchema>;
export const commandsSchema = z.record(z.string().regex(/^[A-Z_]+$/), commandSchema);

export const isAsk = (step: Step): step is AskStep => 'ask' in step;
export const isSay = (step: Step): step is SayStep => 'say' in step;
export const isDo = (step: Step): step is DoStep => 'do' in step;

/** Every place that a step can lead to, for checking and drawing. */
export function targetsOf(step: Step): string[] {
  if ('go' in step) return [];
  if (isDo(step)) return Object.values(step.on);
  const rest = isAsk(step) ? Object.values(step.on ?? {}) : [];
  return [...rest, ...Object.values(step.else ?? {}), ...(step.next ? [step.next] : [])];
}
