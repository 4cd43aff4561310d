import { email } from '../../src/channels/email';
import { instagram } from '../../src/channels/instagram';
import { messenger } from '../../src/channels/messenger';
import { sms } from '../../src/channels/sms';
import { whatsapp } from '../../src/channels/whatsapp';
import type { SendFailure, SendRequest, SendResult } from '../../src/channels/channel';
import type { ChannelName } from '../../src/channels/inbound';
import { createConversation, findConversation } from '../../src/customers/conversation-store';
import { systemIds } from '../../src/lib/ids';
import { createLog } from '../../src/lib/log';
import { alertStoppedAccount } from '../../src/notifications/alert-stopped-account';
import { dueConversations, insertOutgoing, type SendLane } from '../../src/outgoing/outgoing-store';
import { createSender, type Sender } from '../../src/outgoing/sender';
import { openTurns, PAGE_ID, type Turns } from './turns';
import type { TestDatabase } from './database';
import { eventually } from './eventually';

/** Beside the accounts that turns have. */
const MORE = {
  INSTAGRAM_ACCOUNT_ID: '17841400000000001',
  WHATSAPP_VERIFY_TOKEN: 'token',
  WHATSAPP_APP_SECRET: 'secret',
  WHATSAPP_PHONE_NUMBER_ID: '200000000000601',
  WHATSAPP_ACCESS_TOKEN: 'token',
  SMTP_URL: 'smtp://127.0.0.1:2525',
  MAIL_FROM: 'shop@shop.example',
};

const ACCOUNTS: Partial<Record<ChannelName, string>> = {
  messenger: PAGE_ID,
  instagram: '17841400000000001',
  sms: '+15005550006',
  whatsapp: '200000000000601',
};

/** Senders of several instances before platforms that do what the test says. */
export interface Sending {
  turns: Turns;
  /** What the platforms do with a request. */
  platform: (request: SendRequest) => Promise<SendResult> | SendResult;
  requests: SendRequest[];
  sender(): Sender;
  conversation(person: string, channel?: ChannelName, lastInboundAt?: Date): Promise<SendLane>;
  /** Writes texts to be sent; the payload is what the test makes of it. */
  write(lane: SendLane, payload: Record<string, unknown>, of?: Written): Promise<number>;
  /** Everything that can go now has been tried. */
  rest(): Promise<void>;
  /** Nobody has the right to send any more. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

interface Written {
  notificationId?: number;
  segments?: number;
  author?: 'person';
}

export const accepted = ({ outgoingId }: SendRequest): SendResult => ({
  ok: true,
  providerMessageId: `provider-${outgoingId}`,
});
export const refused = (failure: Omit<SendFailure, 'ok' | 'message'>): SendFailure => ({
  ok: false,
  message: 'refused',
  ...failure,
});

/** Opens the demo shop with accounts on all platforms; `stop` it after the test. */
export async function openSending(test: TestDatabase): Promise<Sending> {
  const turns = await openTurns(test, MORE);
  const senders: Sender[] = [];
  const sending: Sending = {
    turns,
    platform: accepted,
    requests: [],
    sender: () => {
      const base = { ...turns.deps, accounts: turns.accounts };
      const made = createSender({
        ...base,
        ids: systemIds,
        log: createLog('silent'),
        accountStopped: (account, code) => alertStoppedAccount(base, account, code),
      });
      senders.push(made);
      return made;
    },
    conversation: (person, channel = 'messenger', lastInboundAt) =>
      open(test, turns.businessId, person, channel, lastInboundAt),
    write: (lane, payload, of = {}) => write(test, turns.businessId, lane, payload, of),
    rest: () =>
      eventually(async () => {
        const leased = await test.db.query(
          'SELECT id FROM conversations WHERE send_lease_by IS NOT NULL LIMIT 1',
        );
        const due = await dueConversations(test.db, test.clock.now(), [], 1);
        return leased.length === 0 && due.length === 0;
      }),
    settled: () =>
      eventually(async () => {
        const leased = await test.db.query(
          'SELECT id FROM conversations WHERE send_lease_by IS NOT NULL LIMIT 1',
        );
        return leased.length === 0;
      }),
    stop: async () => {
      await Promise.all(senders.map((sender) => sender.stop()));
      jest.restoreAllMocks();
    },
  };
  for (const channel of [messenger, instagram, sms, whatsapp, email]) {
    jest.spyOn(channel, 'send').mockImplementation(async (request) => {
      sending.requests.push(request);
      return sending.platform(request);
    });
  }
  return sending;
}

async function open(
  { db }: TestDatabase,
  businessId: number,
  person: string,
  channel: ChannelName,
  lastInboundAt: Date | undefined,
): Promise<SendLane> {
  const accountId = ACCOUNTS[channel]!;
  const conversationKey = `${channel}:${accountId}:${person}`;
  const identity = { conversationKey, businessId, channel, accountId, externalId: person };
  await createConversation(db, identity);
  const { id } = (await findConversation(db, conversationKey))!;
  await db.execute('UPDATE conversations SET last_inbound_at = :at WHERE id = :id', {
    id,
    at: lastInboundAt ?? null,
  });
  return { conversationId: id, channel, accountId, externalId: person };
}

async function write(
  { db, clock }: TestDatabase,
  businessId: number,
  { conversationId }: SendLane,
  payload: Record<string, unknown>,
  { notificationId = undefined, segments, author }: Written,
): Promise<number> {
  await db.transaction((trx) =>
    insertOutgoing(
      trx,
      [
        {
          businessId,
          conversationId,
          inboxMessageId: null,
          notificationId: notificationId ?? null,
          message: { payload, display: JSON.stringify(payload), segments },
        },
      ],
      clock.now(),
    ),
  );
  const [row] = await db.query<{ id: number }>(
    'SELECT MAX(id) AS id FROM outgoing_messages WHERE conversation_id = :conversationId',
    { conversationId },
  );
  if (author) await db.execute('UPDATE outgoing_messages SET author = ? WHERE id = ?', [author, row!.id]); // prettier-ignore
  return row!.id;
}
