import { z } from 'zod';
import { CHANNELS } from '../../channels/inbound';
import type { ConversationRecord } from '../../customers/conversation-list-store';
import type { HistoryLine } from '../../outgoing/history-store';
import { iso, isoOrNull, out } from '../fields';

export const conversationSchema = z
  .object({
    id: out.id,
    channel: z.enum(CHANNELS),
    account_id: out.text.describe('Our side: page id, phone number id or number'),
    external_id: out.text.describe('Their side, as the platform names them'),
    customer: z
      .object({ id: out.id, name: out.text.nullable(), phone: out.text.nullable() })
      .nullable(),
    is_staff: z.boolean().describe('Linked to a member of staff'),
    language: out.text.nullable(),
    takeover: z
      .object({
        by: out.text.describe('staff:3, api; or where they wrote: inbox, phone'),
        since: out.instant,
        until: out.instant.describe('The bot is back then, unless the person writes again'),
      })
      .nullable()
      .describe('While a person has the conversation, the bot is silent in it'),
    last_message_at: out.instant.nullable().describe("The customer's last one"),
    created_at: out.instant,
  })
  .meta({ id: 'Conversation' });

export const messageSchema = z
  .object({
    id: out.text,
    direction: z.enum(['in', 'out']),
    author: z.enum(['customer', 'bot', 'person']),
    written_by: out.text.nullable().describe('Which person: staff:3, api, inbox, phone'),
    text: out.text.nullable(),
    payload: out.text.nullable().describe('The value behind a tap'),
    attachments: z.array(z.object({ type: out.text, url: out.text.nullable() })),
    state: out.text.describe(
      'in: pending, done, ignored, failed; out: queued, sent, delivered, read, failed, skipped (a person took over first)',
    ),
    error: out.text.nullable(),
    at: out.instant,
  })
  .meta({ id: 'Message' });

/** As it is at this instant: nobody has to end a takeover whose time is over. */
export function presentConversation(
  row: ConversationRecord,
  now: Date,
): z.input<typeof conversationSchema> {
  const { takeoverBy, takeoverSince, takeoverUntil } = row;
  const isTaken = takeoverUntil !== null && takeoverUntil > now;
  return {
    id: row.id,
    channel: row.channel,
    account_id: row.accountId,
    external_id: row.externalId,
    customer:
      row.userId === null
        ? null
        : { id: row.userId, name: row.customerName, phone: row.customerPhone },
    is_staff: row.staffId !== null,
    language: row.language,
    takeover: isTaken
      ? {
          by: takeoverBy ?? '',
          since: iso(takeoverSince ?? takeoverUntil),
          until: iso(takeoverUntil),
        }
      : null,
    last_message_at: isoOrNull(row.lastInboundAt),
    created_at: iso(row.createdAt),
  };
}

export function presentMessage(line: HistoryLine): z.input<typeof messageSchema> {
  const { event } = line;
  return {
    id: `${line.direction}-${line.id}`,
    direction: line.direction,
    author: line.author,
    written_by: line.writtenBy,
    text: line.text ?? event?.text ?? null,
    payload: event?.payload ?? null,
    attachments: (event?.attachments ?? []).map(({ type, url }) => ({ type, url: url ?? null })),
    state: line.state,
    error: line.error,
    at: iso(line.at),
  };
}
