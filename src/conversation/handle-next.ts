import type { Transaction } from '../db/database';
import { isDatabaseUnavailable } from '../db/errors';
import { findBusiness } from '../businesses/business-store';
import { channelOf } from '../channels/registry';
import { ensureCustomer } from '../customers/customer-store';
import { eraseMessage } from '../inbox/erasure-store';
import {
  markHandled,
  nextPending,
  recordAttempt,
  UNREADABLE,
  type InboxMessage,
} from '../inbox/inbox-store';
import { crashPoint } from '../lib/crash-point';
import { insertNotification } from '../notifications/notification-store';
import { insertOutgoing, type SendLane } from '../outgoing/outgoing-store';
import { receiveReceipt } from '../outgoing/receive-receipt';
import { toLanguage } from '../templates/load-templates';
import { runAdminCommand } from './admin-commands/run-admin-command';
import { runBot } from './bot/run-bot';
import { readState, type DialogState } from './bot/turn-storage';
import { heedConsent } from './heed-consent';
import {
  createConversation,
  findConversation,
  lockConversation,
  saveTurn,
  type ConversationRow,
} from '../customers/conversation-store';
import type { LaneOutcome } from './lanes';
import type { ConversationDeps, Turn } from './turn';

export interface TurnDeps extends ConversationDeps {
  /** Called after the commit: something is waiting to be sent. */
  wakeSender(lane: SendLane): void;
  wakeNotifications(): void;
  wakeQueue?(): void;
  /** Messages whose try was counted and then cut short by an outage of the database, which was not their fault. */
  spared: Set<number>;
}

/** A message that makes a turn fail this often is set aside (section 18). */
const MAX_ATTEMPTS = 3;
const RETRY_AFTER_MS = [200, 1_000, 5_000];
/**
 * A message this old has been waiting, perhaps because it killed the process that tried it. From here on each try is
 * counted before it begins; younger ones are spared that write.
 */
const COUNT_BEFORE_TRYING_AFTER_MS = 10_000;

/** Who is at work in the lane right now, for what has to be known when the transaction is gone. */
interface Attempt {
  message?: InboxMessage;
  isCounted: boolean;
}

interface Done {
  outcome: LaneOutcome;
  /** Where something is to be sent now. */
  sendIn?: SendLane;
}

/** Takes the lane, handles its next message in one transaction (G-3, G-4) and lets go. */
export async function handleNext(deps: TurnDeps, lane: string): Promise<LaneOutcome> {
  const attempt: Attempt = { isCounted: false };
  try {
    const done = await deps.db.transaction((trx) => turnInTransaction(deps, trx, lane, attempt));
    crashPoint('turn.after-commit');
    if (done.sendIn) deps.wakeSender(done.sendIn);
    if (done.outcome === 'handled') {
      deps.wakeNotifications();
      deps.wakeQueue?.();
      if (attempt.message) deps.spared.delete(attempt.message.id);
    }
    return done.outcome;
  } catch (error) {
    return afterFailure(deps, lane, attempt, error);
  }
}

async function turnInTransaction(
  deps: TurnDeps,
  trx: Transaction,
  lane: string,
  attempt: Attempt,
): Promise<Done> {
  const conversation = await takeLane(deps, trx, lane);
  if (conversation === 'busy' || conversation === 'idle') return { outcome: conversation };
  // Read with the lane held and not before: whoever held it until now may have handled what was next then.
  const message = await nextPending(trx, lane);
  if (!message) return { outcome: 'idle' };
  return handleMessage(deps, trx, conversation, message, attempt);
}

async function takeLane(
  deps: TurnDeps,
  trx: Transaction,
  lane: string,
): Promise<ConversationRow | 'busy' | 'idle'> {
  const held = await lockConversation(trx, lane);
  if (held) return held;
  if (await findConversation(trx, lane)) return 'busy';
  const first = await nextPending(trx, lane);
  if (!first) return 'idle';
  // Committed at once: made inside the turn, it would let other instances wait for the whole turn.
  await createConversation(deps.db, first);
  return (await lockConversation(trx, lane)) ?? 'busy';
}

async function handleMessage(
  deps: TurnDeps,
  trx: Transaction,
  conversation: ConversationRow,
  message: InboxMessage,
  attempt: Attempt,
): Promise<Done> {
  const now = deps.clock.now();
  if (message.nextAttemptAt > now) return { outcome: 'idle' };
  attempt.message = message;
  if (spentAttempts(deps, message) >= MAX_ATTEMPTS) {
    await setAside(deps, trx, conversation, message);
    return { outcome: 'handled', sendIn: sendLane(conversation) };
  }
  await countBeforeTrying(deps, message, attempt, now);
  crashPoint('turn.after-lock');
  const hasReplies = await handleEvent(deps, trx, conversation, message);
  await markHandled(trx, message.id, 'done', now);
  crashPoint('turn.before-commit');
  return { outcome: 'handled', sendIn: hasReplies ? sendLane(conversation) : undefined };
}

const sendLane = ({ id, channel, accountId, externalId }: ConversationRow): SendLane => ({
  conversationId: id,
  channel,
  accountId,
  externalId,
});

/** On another connection: the count must survive the death of this one. */
async function countBeforeTrying(
  deps: TurnDeps,
  message: InboxMessage,
  attempt: Attempt,
  now: Date,
): Promise<void> {
  if (attempt.isCounted || deps.spared.has(message.id)) return;
  if (now.getTime() - message.receivedAt.getTime() < COUNT_BEFORE_TRYING_AFTER_MS) return;
  await recordAttempt(deps.db, message.id, {
    attempts: message.attempts + 1,
    nextAttemptAt: message.nextAttemptAt,
    error: null,
  });
  attempt.isCounted = true;
}

/** The tries that were the message's own fault, as far as anybody knows. */
const spentAttempts = (deps: TurnDeps, message: InboxMessage): number =>
  message.attempts - (deps.spared.has(message.id) ? 1 : 0);

async function handleEvent(
  deps: TurnDeps,
  trx: Transaction,
  conversation: ConversationRow,
  message: InboxMessage,
): Promise<boolean> {
  const { body } = message;
  switch (body.kind) {
    case 'message':
      return runTurn(deps, trx, conversation, message, body);
    case 'receipt':
      await receiveReceipt(trx, conversation, body, message.sentAt);
      return false;
    case 'erasure':
      await eraseMessage(trx, message, body.messageId);
      return false;
    case 'other':
      if (body.name === UNREADABLE) throw new Error(`message ${message.id} cannot be read`);
      return false;
    case 'echo':
      return false;
  }
}

/** One turn of the dialog, from the person's message to the rows of the answer. */
async function runTurn(
  deps: TurnDeps,
  trx: Transaction,
  conversation: ConversationRow,
  message: InboxMessage,
  event: Turn['event'],
): Promise<boolean> {
  const business = await findBusiness(trx, message.businessId);
  if (!business)
    throw new Error(
      `message ${message.id} is for business ${message.businessId}, which does not exist`,
    );
  const userId = conversation.userId ?? (await ensureCustomer(trx, conversation, event.phone));
  const state: DialogState = readState(conversation.dialogState);
  const turn: Turn = {
    deps,
    trx,
    business,
    conversation: { ...conversation, userId },
    userId,
    message,
    event,
    now: deps.clock.now(),
    language: toLanguage(conversation.language ?? business.language),
    memory: state.memory,
    input: { kind: 'text', text: event.text ?? '' },
    replies: [],
  };
  if (!(await heedConsent(turn)) && !(await runAdminCommand(turn))) await runBot(turn, state);

  await insertOutgoing(trx, outgoingOf(turn), turn.now);
  await saveTurn(trx, conversation.id, {
    userId,
    staffId: turn.conversation.staffId,
    language: turn.conversation.language,
    dialogState: JSON.stringify(state),
    lastInboundAt: message.sentAt,
  });
  return turn.replies.length > 0;
}

function outgoingOf(turn: Turn): Parameters<typeof insertOutgoing>[1] {
  const channel = channelOf(turn.conversation);
  return turn.replies.flatMap((reply) =>
    channel.render(withAbsoluteUrls(reply, turn.deps.config.publicUrl)).map((message) => ({
      businessId: turn.business.id,
      conversationId: turn.conversation.id,
      inboxMessageId: turn.message.id,
      notificationId: reply.notificationId ?? null,
      message,
    })),
  );
}

/** Pictures of the catalogue are paths on this server; platforms fetch them from outside. */
function withAbsoluteUrls(
  reply: Turn['replies'][number],
  publicUrl: string,
): Turn['replies'][number] {
  const absolute = (url: string | undefined) => (url?.startsWith('/') ? `${publicUrl}${url}` : url);
  return {
    ...reply,
    imageUrl: absolute(reply.imageUrl),
    cards: reply.cards?.map((card) => ({ ...card, imageUrl: absolute(card.imageUrl) })),
  };
}

/** Nothing of the turn is left. Outages count for nothing; the third real failure sets the message aside. */
async function afterFailure(
  deps: TurnDeps,
  lane: string,
  attempt: Attempt,
  error: unknown,
): Promise<LaneOutcome> {
  const { message } = attempt;
  if (isDatabaseUnavailable(error)) {
    deps.log.warn({ lane }, 'the database is away; the message waits');
    if (message && attempt.isCounted) deps.spared.add(message.id);
    return 'failed';
  }
  deps.log.error(
    { err: error, inboxId: message?.id, attempts: message?.attempts },
    'a turn failed',
  );
  if (!message) return 'failed';
  const spent = spentAttempts(deps, message);
  const attempts = spent + 1;
  deps.spared.delete(message.id);
  const nextAttemptAt = new Date(deps.clock.now().getTime() + (RETRY_AFTER_MS[spent] ?? 5_000));
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  try {
    if (attempts < MAX_ATTEMPTS) {
      await recordAttempt(deps.db, message.id, {
        attempts,
        nextAttemptAt,
        error: text.slice(0, 500),
      });
      return 'failed';
    }
    await recordAttempt(deps.db, message.id, {
      attempts,
      nextAttemptAt: deps.clock.now(),
      error: text.slice(0, 500),
    });
    return 'handled';
  } catch (another) {
    deps.log.warn({ err: another }, 'the failure could not be noted; the message is tried again');
    return 'failed';
  }
}

/** The lane goes on without this message: the customer gets an apology and the owner an alert. */
async function setAside(
  deps: TurnDeps,
  trx: Transaction,
  conversation: ConversationRow,
  message: InboxMessage,
): Promise<void> {
  const now = deps.clock.now();
  await markHandled(trx, message.id, 'failed', now);
  // Unless it is certain that no person waits for an answer.
  if (message.body.kind === 'receipt' || message.body.kind === 'echo') return;
  const business = await findBusiness(trx, message.businessId);
  const language = toLanguage(conversation.language ?? business?.language);
  const text = deps.templates.text('apology', language, conversation.channel, {
    shop: business?.name ?? '',
  });
  await insertOutgoing(
    trx,
    channelOf(conversation)
      .render({ text })
      .map((rendered) => ({
        businessId: message.businessId,
        conversationId: conversation.id,
        inboxMessageId: message.id,
        notificationId: null,
        message: rendered,
      })),
    now,
  );
  await insertNotification(trx, {
    businessId: message.businessId,
    recipientType: 'owner',
    template: 'owner_message_failed',
    payload: { message_id: message.id },
    priority: 1,
    scheduledAt: now,
  });
}
