import { z } from 'zod';
import { CHANNELS, conversationKey } from '../../channels/inbound';
import {
  releaseAsPerson,
  replyAsPerson,
  takeAsPerson,
  type AsPerson,
} from '../../conversation/takeover/as-person';
import type { ConversationRow } from '../../customers/conversation-store';
import {
  findConversationRecord,
  listConversations,
  type ConversationRecord,
} from '../../customers/conversation-list-store';
import type { Database, Transaction } from '../../db/database';
import type { Clock } from '../../lib/clock';
import { readHistory, type HistoryLine, type HistoryPlace } from '../../outgoing/history-store';
import type { SendLane } from '../../outgoing/outgoing-store';
import type { Templates } from '../../templates/load-templates';
import { change } from '../change';
import { idCursor, idField, listOf, out, pageOf, pageQuery, textField } from '../fields';
import type { Identity } from '../identity';
import { idIn, missing, resource, type Call, type Resource } from '../resource';
import {
  conversationSchema,
  messageSchema,
  presentConversation,
  presentMessage,
} from './conversation-schema';

export interface ConversationsApiDeps {
  db: Database;
  clock: Clock;
  templates: Templates;
  /** Called after the commit: something is waiting to be sent. */
  wakeSender(lane: SendLane): void;
}

/** A few screens of a phone; longer texts are cut into several messages on most channels. */
const MAX_REPLY = 4_000;
const notFound = missing('conversation');
const PROBLEMS = { 404: ['CONVERSATION_NOT_FOUND'] };
type Shown = z.input<typeof conversationSchema>;

/** `/api/conversations`: what was said, and people of the shop who talk themselves (API-2, DLG-8). */
export function conversationsApi(deps: ConversationsApiDeps): Resource {
  const { db, clock } = deps;
  const api = resource('/api/conversations', 'Conversations');

  api.get(
    '/',
    {
      summary: 'List conversations, newest first',
      query: z.object({
        channel: z.enum(CHANNELS).optional(),
        user_id: idField.optional(),
        taken: z.literal('true').optional().describe('Only those that a person has now'),
        ...pageQuery,
      }),
      answer: listOf(conversationSchema),
    },
    async ({ who, query }) => {
      const now = clock.now();
      const rows = await listConversations(db, {
        businessId: who.businessId,
        channel: query.channel,
        userId: query.user_id,
        takenAt: query.taken ? now : undefined,
        beforeId: idCursor(query.cursor),
        limit: query.limit + 1,
      });
      return pageOf(rows, query.limit, (row) => row.id, (row) => presentConversation(row, now)); // prettier-ignore
    },
  );

  api.get(
    '/:id',
    { summary: 'A conversation', answer: conversationSchema, problems: PROBLEMS },
    async (call) => presentConversation(await recordIn(db, call), clock.now()),
  );

  api.get(
    '/:id/messages',
    {
      summary: 'What was said in it, newest first',
      query: z.object(pageQuery),
      answer: listOf(messageSchema),
      problems: PROBLEMS,
    },
    async (call) => {
      const { id, channel, accountId, externalId } = await recordIn(db, call);
      const { cursor, limit } = call.query;
      const key = conversationKey(channel, accountId, externalId);
      const conversation = { id, conversationKey: key };
      const lines = await readHistory(db, conversation, placeOf(cursor), limit + 1);
      return pageOf(lines, limit, cursorOf, presentMessage);
    },
  );

  addActions(api, deps);
  return api;
}

function addActions(api: Resource, deps: ConversationsApiDeps): void {
  const { db, clock } = deps;

  /** Does something in the conversation, with its lane held, and shows it as it is then. */
  async function act<T>(
    call: Pick<Call, 'params' | 'who'>,
    action: string,
    work: (
      trx: Transaction,
      who: AsPerson,
    ) => Promise<{ conversation: ConversationRow; result: T } | null>,
  ): Promise<{ conversation: Shown; result: T }> {
    const id = idIn(call, notFound);
    const who = { ...asPerson(call.who), conversationId: id, now: clock.now() };
    const done = await change(db, call.who, `conversation.${action}`, async (trx) => {
      const found = await work(trx, who);
      if (!found) throw notFound();
      return { subject: `conversation ${id}`, result: found };
    });
    const { channel, accountId, externalId } = done.conversation;
    deps.wakeSender({ conversationId: id, channel, accountId, externalId });
    const record = await recordIn(db, call);
    return { conversation: presentConversation(record, clock.now()), result: done.result };
  }

  api.post(
    '/:id/reply',
    {
      summary: 'Say something to the customer yourself; the conversation is yours with it',
      body: z.object({ text: textField(MAX_REPLY) }),
      status: 201,
      answer: z.object({
        success: z.literal(true),
        message_ids: z.array(out.text).describe('As /messages has them'),
        conversation: conversationSchema,
      }),
      problems: PROBLEMS,
    },
    async (call) => {
      const { conversation, result } = await act(call, 'reply', async (trx, who) => {
        const said = await replyAsPerson(trx, who, call.body.text);
        return said && { conversation: said.conversation, result: said.messageIds };
      });
      const ids = result.map((id) => `out-${id}`);
      return { success: true as const, message_ids: ids, conversation };
    },
  );

  api.post(
    '/:id/take',
    {
      summary: 'Take it: the bot is silent in it, and the customer is told',
      answer: conversationSchema,
      problems: PROBLEMS,
    },
    async (call) => {
      const { conversation } = await act(call, 'take', async (trx, who) => {
        const taken = await takeAsPerson(trx, deps, who);
        return taken && { conversation: taken, result: undefined };
      });
      return conversation;
    },
  );

  api.post(
    '/:id/release',
    {
      summary: 'Give it back to the bot, and tell the customer; nothing happens when nobody has it',
      answer: conversationSchema,
      problems: PROBLEMS,
    },
    async (call) => {
      const { conversation } = await act(call, 'release', async (trx, who) => {
        const released = await releaseAsPerson(trx, deps, who);
        return released && { conversation: released.conversation, result: undefined };
      });
      return conversation;
    },
  );
}

const asPerson = (who: Identity): Pick<AsPerson, 'businessId' | 'by'> => ({
  businessId: who.businessId,
  by: who.actor.slice(0, 64),
});

async function recordIn(
  db: Database,
  call: Pick<Call, 'params' | 'who'>,
): Promise<ConversationRecord> {
  const found = await findConversationRecord(db, call.who.businessId, idIn(call, notFound));
  if (!found) throw notFound();
  return found;
}

const cursorOf = ({ position, direction, id }: HistoryLine): string =>
  [position, direction, id].join('|');

/** A cursor that is none of ours is a list's beginning. */
function placeOf(cursor: string | undefined): HistoryPlace | undefined {
  const [, position, direction, id] =
    /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6})\|(in|out)\|(\d{1,15})$/.exec(cursor ?? '') ?? [];
  if (position === undefined || direction === undefined) return undefined;
  return { position, direction, id: Number(id) };
}
