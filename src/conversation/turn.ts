import type { Database, Transaction } from '../db/database';
import type { Business } from '../businesses/business-store';
import type { MessageEvent } from '../channels/inbound';
import type { Choice, Reply } from '../channels/reply';
import type { Config } from '../config';
import type { InboxMessage } from '../inbox/inbox-store';
import type { Clock } from '../lib/clock';
import type { Ids } from '../lib/ids';
import type { Log } from '../lib/log';
import type { Language, Params, Templates } from '../templates/load-templates';
import type { ConversationRow } from '../customers/conversation-store';
import type { FlowBook } from './flows/load-flows';

/** What the conversation layer needs; constructed once in deps.ts. */
export interface ConversationDeps {
  db: Database;
  config: Config;
  clock: Clock;
  ids: Ids;
  log: Log;
  templates: Templates;
  flows: FlowBook;
}

/** What a turn remembers for the next one, beside botbuilder's dialog stack. */
export interface Memory {
  /** What was shown last and can be answered by its number or its text. */
  options: Choice[];
  /** Messages in a row that were not understood. */
  misses: number;
  /** Answers kept by flow (`keep_answers`). */
  kept: Record<string, Slots>;
  /** An admin command that has asked back. */
  pendingCommand?: { line: string; expiresAt: string };
}

export type SlotValue =
  string | number | boolean | null | SlotValue[] | { [key: string]: SlotValue };
export type Slots = Record<string, SlotValue>;

/** A slot as text; empty when it is not filled with words or a number. */
export const slotText = (slots: Slots, name: string): string => {
  const value = slots[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

/** What the person wants, once words, numbers and taps are told apart. */
export type Input =
  | { kind: 'command'; name: string; argument?: string }
  | { kind: 'answer'; question: string; value: string; title: string }
  | { kind: 'text'; text: string }
  | { kind: 'location'; latitude: number; longitude: number }
  | { kind: 'cart'; items: { sku: string; quantity: number }[]; note?: string }
  | { kind: 'attachment'; type: string };

/** One inbound message on its way through the engine. All effects are in `trx` or in these fields until the commit. */
export interface Turn {
  deps: ConversationDeps;
  trx: Transaction;
  business: Business;
  conversation: ConversationRow;
  /** The customer behind the conversation. */
  userId: number;
  message: InboxMessage;
  event: MessageEvent;
  now: Date;
  language: Language;
  memory: Memory;
  input: Input;
  /** The flow that was open when a command came. */
  interruptedFlow?: string;
  replies: TurnReply[];
}

export interface TurnReply extends Reply {
  /** The notification that this reply carries: what the bot says in the chat counts as told (NTF-2). */
  notificationId?: number;
}

/** Adds a message to the turn's answer. */
export function say(
  turn: Turn,
  template: string,
  params: Params = {},
  extra: Partial<TurnReply> = {},
): void {
  turn.replies.push({ text: words(turn, template, params), ...extra });
}

/** The text of a template in the turn's language. `shop` is always there. */
export function words(turn: Turn, template: string, params: Params = {}): string {
  return turn.deps.templates.text(template, turn.language, turn.conversation.channel, {
    shop: turn.business.name,
    ...params,
  });
}

/** The label of a template's choice in the turn's language. */
export function label(turn: Turn, template: string, key: string, params: Params = {}): string {
  return turn.deps.templates.choice(template, key, turn.language, params);
}
