import { ConversationState, type TurnContext } from 'botbuilder-core';
import {
  DialogSet,
  DialogTurnStatus,
  type DialogContext,
  type DialogState as DialogStack,
} from './dialogs';
import { optionsOf } from '../../channels/reply';
import { whatIsNoAnswer } from '../understanding/answers';
import { notUnderstood, understandFreeText } from '../understanding/free-text';
import { interpret } from '../understanding/interpret';
import { switchLanguageBy } from '../understanding/language';
import { isAsk } from '../flows/flow';
import { say, type Slots, type Turn, type TurnReply } from '../turn';
import { FlowDialog } from './flow-dialog';
import { runAsBotTurn } from './turn-adapter';
import { turnStorage, type DialogState } from './turn-storage';

/** Where a conversation stands when no flow is open. */
const HOME = 'welcome';
/** How many flows may interrupt one another. */
const MAX_DEPTH = 3;

/** Runs one customer message through the dialogs: replies and the new dialog state are left in the turn. */
export async function runBot(turn: Turn, state: DialogState): Promise<void> {
  const conversationState = new ConversationState(turnStorage(state.bot));
  const stack = conversationState.createProperty<DialogStack>('dialogs');
  const dialogs = new DialogSet(stack);
  for (const flow of turn.deps.flows.flows.values()) dialogs.add(new FlowDialog(flow));

  await runAsBotTurn(turn, async (context) => {
    await openDialogs(dialogs, context, turn);
    await conversationState.saveChanges(context, false);
  });
  turn.replies = joined(turn.replies);
  const options = turn.replies.flatMap(optionsOf);
  if (turn.replies.length > 0) turn.memory.options = options;
}

/** What is only said goes out with what follows it: one message where two would be. */
function joined(replies: readonly TurnReply[]): TurnReply[] {
  const messages: TurnReply[] = [];
  for (const reply of replies) {
    const before = messages.at(-1);
    const isOnlySaid =
      before && !before.imageUrl && !before.cards?.length && !before.choices?.length;
    if (!isOnlySaid) messages.push(reply);
    else {
      const text = [before.text, reply.text].filter((part) => part !== '').join('\n\n');
      messages[messages.length - 1] = {
        ...before,
        ...reply,
        text,
        notificationId: before.notificationId ?? reply.notificationId,
      };
    }
  }
  return messages;
}

async function openDialogs(dialogs: DialogSet, context: TurnContext, turn: Turn): Promise<void> {
  const dc = await dialogs.createContext(context);
  dropUnknown(dc, turn);
  const open = openQuestion(dc);
  turn.input = interpret(turn.event, {
    options: turn.memory.options,
    flows: turn.deps.flows,
    open,
  });
  const late = lateCommand(turn, open?.question);
  if (late) turn.input = { kind: 'command', name: late };
  if (turn.input.kind === 'command' || turn.memory.options.length === 0) switchLanguageBy(turn);
  if (turn.input.kind === 'command') await command(dc, turn, turn.input.name, turn.input.argument);
  else if (turn.input.kind === 'cart')
    await begin(dc, turn, 'catalogue_cart', { items: turn.input.items });
  else await answer(dc, turn);
}

/** A flow that is gone since the last deployment cannot be continued: its place is taken by the start. */
function dropUnknown(dc: DialogContext, turn: Turn): void {
  const known = (id: string) => turn.deps.flows.flows.has(id);
  if (dc.stack.every(({ id }) => known(id))) return;
  dc.stack.splice(0, dc.stack.length);
}

function openQuestion(dc: DialogContext): ReturnType<FlowDialog['openQuestion']> {
  const dialog = dc.activeDialog && dc.findDialog(dc.activeDialog.id);
  return dialog instanceof FlowDialog ? dialog.openQuestion(dc.activeDialog!) : undefined;
}

/** A button of a question that is over may still say what the person wants: "Place order", tapped a second time. */
function lateCommand({ input, deps }: Turn, open: string | undefined): string | undefined {
  if (input.kind !== 'answer' || input.question === open) return undefined;
  const [flow = '', name = ''] = input.question.split('.');
  const step = Object.entries(deps.flows.flows.get(flow)?.steps ?? {}).find(
    ([own]) => own === name,
  )?.[1];
  return step && isAsk(step) ? step.late : undefined;
}

async function command(
  dc: DialogContext,
  turn: Turn,
  name: string,
  argument?: string,
): Promise<void> {
  const found = turn.deps.flows.commands.get(name)!;
  turn.memory.misses = 0;
  turn.interruptedFlow = dc.activeDialog?.id;
  if (name === 'BACK' && (await goBack(dc))) return;
  const value = argument ?? found.value;
  const slots: Slots = value !== undefined && found.argument ? { [found.argument]: value } : {};
  const interrupts =
    found.interrupts && dc.activeDialog !== undefined && dc.stack.length < MAX_DEPTH;
  if (!interrupts) await dc.cancelAllDialogs();
  await begin(dc, turn, found.flow, slots);
}

async function goBack(dc: DialogContext): Promise<boolean> {
  const open = dc.activeDialog && dc.findDialog(dc.activeDialog.id);
  return open instanceof FlowDialog && (await open.back(dc)) !== null;
}

async function begin(dc: DialogContext, turn: Turn, flow: string, slots: Slots): Promise<void> {
  const result = await dc.beginDialog(flow, slots);
  if (result.status === DialogTurnStatus.complete && !asks(turn)) await home(dc, turn);
}

/** An answer to the open question. */
async function answer(dc: DialogContext, turn: Turn): Promise<void> {
  if (!dc.activeDialog) return withoutQuestion(dc, turn);
  const result = await dc.continueDialog();
  if (result.status === DialogTurnStatus.complete && !asks(turn)) await home(dc, turn);
  if (turn.replies.length === 0) say(turn, 'not_understood');
}

/** Nothing is open: before the first hello, or after an order. */
async function withoutQuestion(dc: DialogContext, turn: Turn): Promise<void> {
  const meant = await understandFreeText(turn);
  if (meant) return begin(dc, turn, meant.flow, meant.slots);
  if (turn.memory.options.length === 0) return home(dc, turn);
  const { template } = whatIsNoAnswer(turn.input);
  if (!template) return notUnderstood(turn, true);
  say(turn, template);
  await home(dc, turn);
}

/** After a flow that ended without a question the menu's buttons follow, so that there is always something to tap. */
async function home(dc: DialogContext, turn: Turn): Promise<void> {
  const before = turn.replies.length;
  await dc.beginDialog(before === 0 ? HOME : 'menu', {});
  const menu = turn.replies.at(-1);
  if (before > 0 && menu) menu.text = '';
}

const asks = (turn: Turn): boolean =>
  turn.replies.some((reply) => (reply.choices?.length ?? 0) > 0);
