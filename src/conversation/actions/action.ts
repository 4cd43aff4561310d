import type { Params } from '../../templates/load-templates';
import type { Slots, SlotValue, Turn, TurnReply } from '../turn';

/** What a template is filled with and what is shown beside its text. */
export interface View {
  params?: Params;
  reply?: Partial<Omit<TurnReply, 'text'>>;
  /** Another template than the step's own, where the words depend on what was found. */
  template?: string;
}

export interface ActionResult {
  /** Where the flow goes on; `ok` when a view is ready to be shown. */
  outcome: string;
  view?: View;
  slots?: Record<string, SlotValue | undefined>;
  /** Slots whose answer no longer holds. */
  forget?: string[];
}

/** Something that a flow can do or show. Everything it changes is in the turn's transaction. */
export type Action = (turn: Turn, slots: Slots) => Promise<ActionResult>;

const registry = new Map<string, Action>();
const outcomesOf = new Map<string, readonly string[]>();

/** Makes an action known under the name that flows use, with every outcome it can have. */
export function defineAction(name: string, outcomes: readonly string[], action: Action): void {
  registry.set(name, action);
  outcomesOf.set(name, outcomes);
}

export function actionNamed(name: string): Action {
  const action = registry.get(name);
  if (!action) throw new Error(`no action ${name}`);
  return action;
}

/** The outcomes of each action, for flows:check; undefined when there is no such action. */
export const outcomesOfAction = (name: string): readonly string[] | undefined =>
  outcomesOf.get(name);
