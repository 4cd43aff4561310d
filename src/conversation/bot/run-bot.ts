import { ConversationState, type TurnContext } from 'botbuilder-core';
import { DialogSet, DialogTurnStatus, type DialogContext, type DialogState as DialogStack } from 'botbuilder-dialogs';
import { optionsOf } from '../../channels/reply';
import { interpret } from '../understanding/interpret';
import { switchLanguageBy } from '../understanding/language';
import { say, type Slots, type Turn } from '../turn';
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
  const options = turn.replies.flatMap(optionsOf);
  if (turn.replies.length > 0) turn.memory.options = options;
}

async function openDialogs(dialogs: DialogSet, context: TurnContext, turn: Turn): Promise<void> {
  const dc = await dialogs.createContext(context);
  dropUnknown(dc, turn);
  turn.input = interpret(turn.event, { options: turn.memory.options, flows: turn.deps.flows, open: openQuestion(dc) });
  if (turn.input.kind === 'command') await command(dc, turn, turn.input.name, turn.input.argument);
  else if (turn.input.kind === 'cart') await begin(dc, turn, 'catalogue_cart', { items: turn.input.items });
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

async function command(dc: DialogContext, turn: Turn, name: string, argument?: string): Promise<void> {
  const found = turn.deps.flows.commands.get(name)!;
  turn.memory.misses = 0;
  switchLanguageBy(turn);
  turn.interruptedFlow = dc.activeDialog?.id;
  if (name === 'BACK' && (await goBack(dc))) return;
  const slots: Slots = argument !== undefined && found.argument ? { [found.argument]: argument } : {};
  const interrupts = found.interrupts && dc.activeDialog !== undefined && dc.stack.length < MAX_DEPTH;
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

/** An answer to the open question; without one, the conversation begins. */
async function answer(dc: DialogContext, turn: Turn): Promise<void> {
  const result = await dc.continueDialog();
  if (result.status === DialogTurnStatus.empty) await home(dc, turn);
  else if (result.status === DialogTurnStatus.complete && !asks(turn)) await home(dc, turn);
  if (turn.replies.length === 0) say(turn, 'not_understood');
}

/** After a flow that ended without a question the menu follows, so that there is always something to tap. */
async function home(dc: DialogContext, turn: Turn): Promise<void> {
  await dc.beginDialog(turn.replies.length === 0 ? HOME : 'menu', {});
}

const asks = (turn: Turn): boolean => turn.replies.some((reply) => (reply.choices?.length ?? 0) > 0);
