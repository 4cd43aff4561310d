import { outgoingIdIn } from '../../channels/event-fields';
import type { ChannelName, EventBody } from '../../channels/inbound';
import type { ConversationRow } from '../../customers/conversation-store';
import type { Transaction } from '../../db/database';
import {
  echoCandidates,
  insertWrittenElsewhere,
  isSentAs,
  type EchoCandidate,
} from '../../outgoing/person-message-store';
import { receiveReceipt } from '../../outgoing/receive-receipt';
import { businessOf, takeOver } from './takeover';

type Echo = Extract<EventBody, { kind: 'echo' }>;

/** An echo comes within seconds; one of a message that was sent twice, after a crash, within the time of a lease. */
const CANDIDATE_AGE_MS = 2 * 60_000;
const MAX_CANDIDATES = 50;

/**
 * A message from our side that a platform reflects. The bot's own changes nothing, or tells that a request has arrived whose
 * answer we have not seen. A person's, written in the page's inbox or on the phone, goes on record, and from then on the
 * conversation is theirs (G-12). Call with the lane held.
 */
export async function receiveEcho(
  trx: Transaction,
  conversation: ConversationRow,
  echo: Echo,
  { at, now }: { at: Date; now: Date },
): Promise<void> {
  const outgoingId = outgoingIdIn(echo.metadata);
  if (outgoingId !== undefined) {
    const messageIds = echo.messageId === undefined ? undefined : [echo.messageId];
    const receipt = { kind: 'receipt' as const, status: 'sent' as const, messageIds, outgoingId };
    await receiveReceipt(trx, conversation, receipt, at);
    return;
  }
  if (await isOurs(trx, conversation, echo, at)) return;
  const by = whereOf(conversation.channel);
  const business = await businessOf(trx, conversation);
  await insertWrittenElsewhere(
    trx,
    { businessId: business.id, conversationId: conversation.id, writtenBy: by },
    { text: displayOf(echo), providerMessageId: echo.messageId?.slice(0, 191) ?? null, at },
  );
  await takeOver(trx, { conversation, business, by, at: at < now ? at : now }, now);
}

const whereOf = (channel: ChannelName): string => (channel === 'whatsapp' ? 'phone' : 'inbox');

const displayOf = ({ text, attachments = [] }: Echo): string =>
  [text, ...attachments.map((type) => `[${type}]`)].filter(Boolean).join('\n') || '[message]';

/**
 * Messenger carries our mark, so what has none is a person's. Elsewhere the platform's name tells; before we know it (the echo
 * may come before the answer to our request), the text does.
 */
async function isOurs(
  trx: Transaction,
  { id, channel }: ConversationRow,
  echo: Echo,
  at: Date,
): Promise<boolean> {
  if (echo.messageId !== undefined && (await isSentAs(trx, id, echo.messageId))) return true;
  if (channel === 'messenger') return false;
  const since = new Date(at.getTime() - CANDIDATE_AGE_MS);
  const candidates = await echoCandidates(trx, id, since, MAX_CANDIDATES);
  const said = plain(echo.text);
  return candidates.some((one) => {
    const texts = textsOf(one);
    return said === '' ? texts.length === 0 : texts.includes(said);
  });
}

/** What the platform may show of a message of ours as its text; nothing for pictures and cards. */
function textsOf({ payload, display }: EchoCandidate): string[] {
  const { message, text, body } = payload as {
    message?: { text?: unknown };
    text?: unknown;
    body?: unknown;
  };
  const inText = (text as { body?: unknown } | undefined)?.body;
  const texts = [message?.text, text, inText, body].filter((one) => typeof one === 'string');
  return texts.length === 0 ? [] : [...texts, display].map(plain);
}

const plain = (text = ''): string => text.normalize('NFC').replace(/\s+/g, ' ').trim();
