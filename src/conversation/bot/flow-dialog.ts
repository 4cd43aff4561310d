import {
  Dialog,
  type DialogContext,
  type DialogInstance,
  type DialogReason,
  type DialogTurnResult,
} from './dialogs';
import type { TurnContext } from 'botbuilder-core';
import type { Choice } from '../../channels/reply';
import { actionNamed, type ActionResult, type View } from '../actions/action';
import { isAsk, isDo, type AskStep, type Flow, type SayStep, type Step } from '../flows/flow';
import { label, words, type Slots, type Turn } from '../turn';
import { readAnswer } from '../understanding/answers';
import { answerValue } from '../understanding/interpret';
import { notUnderstood, offersPerson, understandFreeText } from '../understanding/free-text';
import { turnOf } from './turn-adapter';

/** More steps than any flow takes between two questions: a circle is a mistake in the flow. */
const MAX_STEPS_PER_TURN = 40;

/** The state of a flow in botbuilder's stack. Steps are kept by name, so a changed flow cannot shift them. */
interface FlowState {
  step: string;
  slots: Slots;
  /** Questions answered so far, for "back". */
  trail: string[];
}

/** One flow of flows/ as a botbuilder dialog. */
export class FlowDialog extends Dialog {
  constructor(private readonly flow: Flow) {
    super(flow.flow);
  }

  override async beginDialog(dc: DialogContext, options: Slots = {}): Promise<DialogTurnResult> {
    const state = stateOf(dc);
    const kept = this.flow.keep_answers
      ? turnOf(dc.context).memory.kept[this.flow.flow]
      : undefined;
    Object.assign(state, {
      step: this.flow.start,
      slots: { ...kept, ...options },
      trail: [],
    } satisfies FlowState);
    return this.walk(dc, state, this.flow.start);
  }

  /** The person has said something while this flow's question is open. */
  override async continueDialog(dc: DialogContext): Promise<DialogTurnResult> {
    const turn = turnOf(dc.context);
    const state = stateOf(dc);
    const step = this.flow.steps[state.step];
    if (!step || !isAsk(step)) return this.walk(dc, state, this.flow.start);
    const answer = readAnswer(step.expect, turn, this.questionOf(state.step));
    for (const [name, value] of Object.entries(answer.slots ?? {}))
      this.keep(turn, state, name, value);
    if (answer.understood) {
      turn.memory.misses = 0;
      if (step.save) this.keep(turn, state, step.save, answer.value);
      state.trail.push(state.step);
      const ways = step.on ?? {};
      const chosen = typeof answer.value === 'string' ? answer.value : '';
      const next = Object.hasOwn(ways, chosen) ? ways[chosen] : step.next;
      if (!next) return this.ask(dc, state, step);
      return this.walk(dc, state, next);
    }
    if (answer.template) {
      // Stickers and late taps are no failure to understand one another.
      if (turn.input.kind === 'text') turn.memory.misses += 1;
      turn.replies.push({ text: words(turn, answer.template) });
      return this.askAgain(dc, state, step);
    }
    const meant = await understandFreeText(turn);
    if (meant?.interrupts) return dc.beginDialog(meant.flow, meant.slots);
    if (meant) return dc.replaceDialog(meant.flow, meant.slots);
    notUnderstood(turn, step.expect === 'command');
    return step.expect === 'command' ? Dialog.EndOfTurn : this.ask(dc, state, step);
  }

  /** A flow that interrupted this one has ended: the open question is asked again. */
  override async resumeDialog(dc: DialogContext, _reason: DialogReason): Promise<DialogTurnResult> {
    const state = stateOf(dc);
    const step = this.flow.steps[state.step];
    return step && isAsk(step)
      ? this.askAgain(dc, state, step)
      : this.walk(dc, state, this.flow.start);
  }

  override async repromptDialog(_context: TurnContext, _instance: DialogInstance): Promise<void> {
    // Questions are repeated by resumeDialog, which has the dialog's context.
  }

  /** The question that is open in a conversation whose uppermost flow is this one. */
  openQuestion(instance: DialogInstance): { question: string; step: AskStep } | undefined {
    const { step: name } = instance.state as FlowState;
    const step = this.flow.steps[name];
    return step && isAsk(step) ? { question: this.questionOf(name), step } : undefined;
  }

  /** Goes back to the question before the open one and forgets its answer. */
  async back(dc: DialogContext): Promise<DialogTurnResult | null> {
    const state = stateOf(dc);
    const previous = state.trail.pop();
    const step = previous === undefined ? undefined : this.flow.steps[previous];
    if (!previous || !step || !isAsk(step)) return null;
    this.forget(turnOf(dc.context), state, [step.save, step.skip_if]);
    return this.ask(dc, { ...state, step: previous }, step);
  }

  private async walk(dc: DialogContext, state: FlowState, from: string): Promise<DialogTurnResult> {
    const turn = turnOf(dc.context);
    let name = from;
    for (let count = 0; count < MAX_STEPS_PER_TURN; count += 1) {
      if (name === 'end') return this.finish(dc, turn);
      const step = this.flow.steps[name];
      if (!step) throw new Error(`flow ${this.flow.flow} has no step ${name}`);
      if ('go' in step) return dc.replaceDialog(step.go, {});
      state.step = name;
      if (isAsk(step)) {
        if (step.skip_if && isFilled(state.slots[step.skip_if]) && step.next) {
          name = step.next;
          continue;
        }
        return this.ask(dc, state, step);
      }
      name = isDo(step) ? await this.act(turn, state, step) : await this.tell(turn, state, step);
    }
    throw new Error(`flow ${this.flow.flow} goes in a circle at ${name}`);
  }

  private async act(
    turn: Turn,
    state: FlowState,
    step: Extract<Step, { do: string }>,
  ): Promise<string> {
    const result = await this.perform(turn, state, step.do);
    const next = step.on[result.outcome];
    if (!next)
      throw new Error(
        `${step.do} ended with ${result.outcome}, for which flow ${this.flow.flow} has no way`,
      );
    return next;
  }

  private async tell(turn: Turn, state: FlowState, step: SayStep): Promise<string> {
    const shown = await this.view(turn, state, step);
    if (typeof shown === 'string') return shown;
    turn.replies.push({
      ...shown.reply,
      text: words(turn, shown.template ?? step.say, paramsOf(state, shown)),
    });
    return step.next;
  }

  /** After something that came between. Where nothing was asked, the choices are enough: the page is still on the screen. */
  private async askAgain(
    dc: DialogContext,
    state: FlowState,
    step: AskStep,
  ): Promise<DialogTurnResult> {
    const { replies } = turnOf(dc.context);
    const before = replies.length;
    const result = await this.ask(dc, state, step);
    const [page] = replies.slice(before);
    if (
      step.expect === 'command' &&
      before > 0 &&
      replies.length === before + 1 &&
      page?.choices?.length
    ) {
      replies[before] = { text: '', choices: page.choices };
    }
    return result;
  }

  private async ask(dc: DialogContext, state: FlowState, step: AskStep): Promise<DialogTurnResult> {
    const turn = turnOf(dc.context);
    Object.assign(stateOf(dc), state);
    const shown = await this.view(turn, state, step);
    if (typeof shown === 'string') return this.walk(dc, stateOf(dc), shown);
    const template = shown.template ?? step.ask;
    const params = paramsOf(state, shown);
    const own: Choice[] = Object.entries(step.choices ?? {}).map(([key, value]) => ({
      title: label(turn, step.ask, key, params),
      value,
    }));
    turn.replies.push({
      ...shown.reply,
      text: words(turn, template, params),
      choices: [...(shown.reply?.choices ?? []), ...own, ...offersPerson(turn)].map((choice) =>
        this.addressed(choice, state.step),
      ),
    });
    return Dialog.EndOfTurn;
  }

  /** Commands (`CHECKOUT`) mean the same anywhere; answers (`cod`) belong to the question that offers them. */
  private addressed(choice: Choice, step: string): Choice {
    return isCommand(choice.value)
      ? choice
      : { ...choice, value: answerValue(this.questionOf(step), choice.value) };
  }

  private questionOf(step: string): string {
    return `${this.flow.flow}.${step}`;
  }

  /** What the step's `show` action supplies, or the step to go to instead. */
  private async view(
    turn: Turn,
    state: FlowState,
    step: AskStep | SayStep,
  ): Promise<View | string> {
    if (!step.show) return {};
    const result = await this.perform(turn, state, step.show);
    const elsewhere = step.else?.[result.outcome];
    if (elsewhere) return elsewhere;
    if (result.outcome !== 'ok')
      throw new Error(`${step.show} ended with ${result.outcome} in flow ${this.flow.flow}`);
    return result.view ?? {};
  }

  private async perform(turn: Turn, state: FlowState, action: string): Promise<ActionResult> {
    const result = await actionNamed(action)(turn, state.slots);
    for (const [name, value] of Object.entries(result.slots ?? {})) {
      if (value !== undefined) this.keep(turn, state, name, value);
    }
    this.forget(turn, state, result.forget ?? []);
    return result;
  }

  private async finish(dc: DialogContext, turn: Turn): Promise<DialogTurnResult> {
    delete turn.memory.kept[this.flow.flow];
    return dc.endDialog();
  }

  private keep(turn: Turn, state: FlowState, name: string, value: Slots[string]): void {
    state.slots[name] = value;
    if (this.flow.keep_answers) turn.memory.kept[this.flow.flow] = state.slots;
  }

  private forget(turn: Turn, state: FlowState, names: (string | undefined)[]): void {
    for (const name of names) if (name) delete state.slots[name];
    if (this.flow.keep_answers) turn.memory.kept[this.flow.flow] = state.slots;
  }
}

const isCommand = (value: string): boolean => /^[A-Z_]{2,}(:|$)/.test(value);
const stateOf = (dc: DialogContext): FlowState => dc.activeDialog!.state as FlowState;
const isFilled = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** Slots that hold words and numbers can be used in templates, beside what the action supplies. */
function paramsOf(state: FlowState, view: View): Record<string, string | number> {
  const plain = Object.entries(state.slots).filter(
    (entry): entry is [string, string | number] =>
      typeof entry[1] === 'string' || typeof entry[1] === 'number',
  );
  return { ...Object.fromEntries(plain), ...view.params };
}
