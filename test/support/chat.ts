import { createHash } from 'node:crypto';
import { messenger } from '../../src/channels/messenger';
import { sms } from '../../src/channels/sms';
import { createAccounts } from '../../src/channels/accounts';
import { conversationKey, type EventBody, type MessageEvent } from '../../src/channels/inbound';
import type { Reply } from '../../src/channels/reply';
import { createLinkCode, insertStaff, ROLES } from '../../src/businesses/staff-store';
import { readConfig, type Config } from '../../src/config';
import { handleNext } from '../../src/conversation/handle-next';
import type { TurnDeps } from '../../src/conversation/turn-deps';
import { loadWords } from '../../src/deps';
import { loadDemoShop } from '../../src/demo/load-demo-shop';
import { insertInbox } from '../../src/inbox/inbox-store';
import { createLog } from '../../src/lib/log';
import { systemIds } from '../../src/lib/ids';
import { dispatchNotifications } from '../../src/notifications/dispatch';
import type { TestDatabase } from './database';
import { maskDays, NEXT_MESSAGE, parseTranscript, printReply, type Act } from './transcript';

export type ChatChannel = 'messenger' | 'sms';

/** One message as it leaves for the platform. */
export interface Sent {
  channel: string;
  payload: Record<string, unknown>;
  display: string;
}

export interface Chat {
  /** Plays a transcript; gives it back with what the bot really said. */
  play(transcript: string): Promise<string>;
  /** Everything that was sent, as it was rendered. */
  sent(): Promise<Sent[]>;
}

/** What stands in a transcript whose tap has no button. */
export const NOTHING_TO_TAP = '(there is no such button)';

const PAGE_ID = '100000000000101';
const NUMBER = '+15005550006';
const OWNER_PHONE = '+639170000001';
const MAX_TURNS = 20;

const words = loadWords();

/** The demo shop with its real turn, in this process: what comes in is stored and handled, what goes out is read from its rows. */
export async function openChat(test: TestDatabase, channel: ChatChannel): Promise<Chat> {
  const { db, clock } = test;
  const { businessId } = await loadDemoShop(db, { now: clock.now() });
  const config = configOf(test.url);
  const deps: TurnDeps = {
    db,
    config,
    clock,
    ids: systemIds,
    log: createLog('silent'),
    ...words,
    wakeSender: () => undefined,
    wakeNotifications: () => undefined,
    spared: new Set(),
    startedAt: clock.now(),
  };
  const accounts = createAccounts(config, businessId);
  const render = jest.spyOn(channel === 'messenger' ? messenger : sms, 'render');
  const accountId = channel === 'messenger' ? PAGE_ID : NUMBER;
  const codes = new Map<string, string>();
  /** What each person was shown, newest last: what they can tap. */
  const shown = new Map<string, { replies: Reply[]; messages: Sent[] }>();
  let received = 0;
  let lastEvent: { name: string; body: Partial<MessageEvent>; id: string } | undefined;

  let looks = 0;
  /** People take their time between two orders: the owner is told of each one alone. */
  const secondsLater = () => {
    looks += 1;
    const now = new Date(clock.now().getTime() + looks * 11_000);
    return { now: () => now };
  };

  const keyOf = (name: string) => conversationKey(channel, accountId, idOf(name, channel));

  async function receive(name: string, body: Partial<MessageEvent>, id: string): Promise<string> {
    lastEvent = { name, body, id };
    return comeIn(name, { kind: 'message', ...body }, id);
  }

  async function comeIn(name: string, body: EventBody, id: string): Promise<string> {
    const now = clock.now();
    const event = {
      channel,
      accountId,
      externalId: idOf(name, channel),
      providerMessageId: id,
      sentAt: now,
      body,
    };
    const from = await lastOutgoing();
    await insertInbox(db, [{ event, businessId, state: 'pending', receivedAt: now }]);
    render.mockClear();
    const handle = async () => ['handled', 'more'].includes(await handleNext(deps, keyOf(name)));
    for (let turn = 0; await handle(); turn += 1) {
      if (turn >= MAX_TURNS) throw new Error('the lane does not come to rest');
    }
    const replies = render.mock.calls.map(([reply]) => reply);
    await dispatchNotifications({ ...deps, accounts, clock: secondsLater() }, 50);
    const rows = await sentSince(from);
    const own = rows.filter((row) => row.key === keyOf(name) && row.inboxMessageId !== null);
    const known = shown.get(name) ?? { replies: [], messages: [] };
    shown.set(name, {
      replies: [...known.replies, ...replies],
      messages: own.length > 0 ? own : known.messages,
    });
    const others = rows.filter((row) => !own.includes(row));
    const toOthers = new Set(others.map((row) => row.display));
    const answers = replies.filter((reply) => !toOthers.has(reply.text));
    return [
      ...(answers.length > 0 ? [answers.map(printReply).join(NEXT_MESSAGE)] : []),
      ...others.map((row) => `(to ${personOf(row.key)}) ${row.display}`),
    ].join('\n');
  }

  async function act(name: string, what: Act): Promise<string> {
    received += 1;
    const event = eventOf(name, what);
    return event ? receive(name, event, `m_${received}`) : NOTHING_TO_TAP;
  }

  function eventOf(name: string, what: Act): Partial<MessageEvent> | undefined {
    if (what.kind === 'event') return what.event;
    if (what.kind === 'text')
      return { text: onChannel(what.text.replace('CODE', codes.get(name) ?? 'CODE')) };
    const { title, payload, referral } = what;
    if (payload !== undefined) return { text: title, payload, referral };
    const seen = shown.get(name) ?? { replies: [], messages: [] };
    const text = channel === 'sms' ? numberOf(what, seen.messages) : title;
    const value = channel === 'sms' ? undefined : valueOf(what, seen.replies);
    return text === undefined || (channel !== 'sms' && value === undefined)
      ? undefined
      : { text, payload: value, referral };
  }

  /** By SMS a bare "cancel" is the carrier's word for stop. */
  const onChannel = (text: string): string =>
    channel === 'sms' && text === 'cancel' ? 'cancel order' : text;

  async function happen(what: string): Promise<string> {
    const [, minutes] = /^(\d+) minutes pass$/.exec(what) ?? [];
    if (minutes !== undefined) clock.forward(Number(minutes));
    const [, sku, field, figure] = /^(\S+) has a (price|stock) of ([\d.]+)$/.exec(what) ?? [];
    if (sku !== undefined) {
      const column = field === 'price' ? 'price' : 'stock_quantity';
      for (const table of ['products', 'product_variants']) {
        await db.execute(`UPDATE ${table} SET ${column} = :figure WHERE sku = :sku`, {
          figure,
          sku,
        });
      }
    }
    const [, staff, given] = /^([a-z]+) becomes an? ([a-z]+)$/.exec(what) ?? [];
    const role = ROLES.find((one) => one === given);
    if (staff !== undefined && role) await makeStaff(staff, role);
    const [, called, fullName] = /^([a-z]+) is called (.+)$/.exec(what) ?? [];
    if (called !== undefined) {
      await db.execute(
        `UPDATE users AS u JOIN conversations AS c ON c.user_id = u.id SET u.name = :fullName
         WHERE c.conversation_key = :key`,
        { fullName, key: keyOf(called) },
      );
    }
    const [, written, text] = /^somebody of the shop writes to ([a-z]+): (.+)$/.exec(what) ?? [];
    if (written !== undefined) {
      received += 1;
      // As a platform reflects what was written in its own inbox.
      return comeIn(written, { kind: 'echo', messageId: `m_${received}`, text }, `m_${received}`);
    }
    if (what === 'the platform sends it again' && lastEvent) {
      return receive(lastEvent.name, lastEvent.body, lastEvent.id);
    }
    if (minutes === undefined && sku === undefined && !role && !lastEvent)
      throw new Error(`cannot do: ${what}`);
    return '';
  }

  async function makeStaff(name: string, role: (typeof ROLES)[number]): Promise<void> {
    const person = { business_id: businessId, name: capital(name), role, phone: null, email: null };
    const id = await insertStaff(db, person);
    const { code } = await createLinkCode(
      db,
      config.encryptionKey,
      { id, business_id: businessId },
      clock.now(),
    );
    codes.set(name, code);
  }

  async function lastOutgoing(): Promise<number> {
    const [row] = await db.query<{ id: number | null }>(
      'SELECT MAX(id) AS id FROM outgoing_messages',
    );
    return row?.id ?? 0;
  }

  async function sentSince(
    id: number,
  ): Promise<(Sent & { key: string; author: string; inboxMessageId: number | null })[]> {
    const rows = await db.query<{
      channel: string;
      conversation_key: string;
      author: string;
      inbox_message_id: number | null;
      payload: string;
      display_text: string;
    }>(
      `SELECT c.channel, c.conversation_key, m.author, m.inbox_message_id, m.payload, m.display_text
       FROM outgoing_messages AS m JOIN conversations AS c ON c.id = m.conversation_id
       WHERE m.id > :id ORDER BY m.id`,
      { id },
    );
    return rows.map((row) => ({
      channel: row.channel,
      key: row.conversation_key,
      author: row.author,
      inboxMessageId: row.inbox_message_id,
      payload: JSON.parse(row.payload) as Record<string, unknown>,
      display: row.display_text,
    }));
  }

  const personOf = (key: string): string => {
    if (key.endsWith(OWNER_PHONE)) return 'the owner';
    return [...shown.keys()].find((name) => keyOf(name) === key) ?? key;
  };

  return {
    play: async (transcript) => {
      const blocks: string[] = [];
      for (const line of parseTranscript(transcript).lines) {
        const said =
          line.kind === 'person'
            ? await act(line.name, line.act)
            : line.kind === 'world'
              ? await happen(line.what)
              : '';
        const isHeading =
          line.kind === 'comment' &&
          blocks.length > 0 &&
          /^# [^\n]*(\n# [^\n]*)*$/.test(blocks.at(-1)!);
        const block = said === '' ? line.source : `${line.source}\n${maskDays(said)}`;
        if (isHeading) blocks.push(`${blocks.pop()!}\n${block}`);
        else blocks.push(block);
      }
      return `${blocks.join('\n\n')}\n`;
    },
    // What a person has written in the platform's own inbox was not sent by us.
    sent: async () => (await sentSince(0)).filter(({ author }) => author === 'bot'),
  };
}

function configOf(url: string): Config {
  const read = readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: url,
    LOG_LEVEL: 'silent',
    ENABLE_PLAYGROUND: 'false',
    ENCRYPTION_KEY: '0'.repeat(64),
    PUBLIC_URL: 'https://shop.example.com',
    MESSENGER_VERIFY_TOKEN: 'token',
    MESSENGER_APP_SECRET: 'secret',
    MESSENGER_PAGE_ID: PAGE_ID,
    MESSENGER_PAGE_ACCESS_TOKEN: 'token',
    TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
    TWILIO_AUTH_TOKEN: 'token',
    TWILIO_FROM: NUMBER,
    OWNER_PHONE,
  });
  if (!read.ok) throw new Error(read.problems.join('\n'));
  return read.config;
}

function idOf(name: string, channel: ChatChannel): string {
  const digits = BigInt(
    `0x${createHash('sha256').update(name).digest('hex').slice(0, 12)}`,
  ).toString();
  return channel === 'sms'
    ? `+63917${digits.padStart(7, '0').slice(-7)}`
    : `7${digits.padStart(15, '0').slice(-15)}`;
}

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

type Tap = Extract<Act, { kind: 'tap' }>;

/** The value of the newest button of that title. */
function valueOf({ title, card }: Tap, replies: readonly Reply[]): string | undefined {
  for (const reply of [...replies].reverse()) {
    const choices =
      card === undefined
        ? [...(reply.choices ?? []), ...(reply.cards ?? []).flatMap((one) => one.choices)]
        : (reply.cards ?? []).filter((one) => one.title === card).flatMap((one) => one.choices);
    const found = choices.find((choice) => choice.title === title);
    if (found) return found.value;
  }
  return undefined;
}

/** The number that stands before it in the last SMS: no button can be tapped there. A card's number shows the card. */
function numberOf({ title, card }: Tap, messages: readonly Sent[]): string | undefined {
  // "How many?" is answered by the number itself.
  if (/^\d+$/.test(title)) return title;
  const lines = messages.flatMap(({ display }) => display.split('\n')).reverse();
  for (const line of lines) {
    const [, number, option = ''] = /^(\d+)\. (.*)$/.exec(line) ?? [];
    if (number && (card ? option.startsWith(card) : option === title)) return number;
  }
  return undefined;
}
