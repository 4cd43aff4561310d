import type { BrowserEvent, BrowserNews, SendOrder, SendOutcome } from '../messages';
import { createLine } from './in-order';
import type { LibraryClient, LibraryMessage } from './library';
import { readMessage, readPlainly } from './read-message';

export interface WatchDeps {
  tell: (news: BrowserNews) => void;
  /** A picture in the library's shape. */
  toMedia(picture: { mimetype: string; data: string }): Promise<unknown>;
  /** Epoch milliseconds. */
  now(): number;
}

export interface WatchedClient {
  /** One message; never throws. Not begun after `beginBefore`, so that nobody has given it up meanwhile. */
  send(order: SendOrder, beginBefore: number): Promise<SendOutcome>;
  /** Tells again what has come since then: WhatsApp Web tells only once, and we may have been away. */
  catchUp(since: number): Promise<void>;
}

/** Whose acknowledgements can still come, and be told with our row. */
const REMEMBERED_SENDS = 2_000;
const CATCH_UP_CHATS = 200;
const CATCH_UP_MESSAGES = 50;

/** Tells what happens in a client, in order, and sends through it. Nothing that the library does comes out as an error. */
export function watchClient(client: LibraryClient, deps: WatchDeps): WatchedClient {
  const { tell } = deps;
  const inbound = createLine();
  const ours = createLine();
  const sends = createLine();
  /** Our row by WhatsApp's id. */
  const sent = new Map<string, number>();

  const fault = (error: unknown) =>
    tell({ kind: 'fault', message: error instanceof Error ? error.message : String(error) });
  const listen = <Args extends unknown[]>(event: string, hear: (...args: Args) => unknown) => {
    client.on(event, (...args: never[]) => {
      try {
        void Promise.resolve(hear(...(args as unknown as Args))).catch(fault);
      } catch (error) {
        fault(error);
      }
    });
  };
  /** Events of our own messages come before the library says which ones those are. */
  const afterSends = (task: () => BrowserEvent | undefined) => {
    const idle = sends.idle();
    return ours.add(async () => {
      await idle;
      const event = task();
      if (event) tell(event);
    });
  };
  const hear = (message: LibraryMessage) =>
    inbound.add(async () => tell({ kind: 'message', message: await readMessage(client, message) }));
  const hearOwn = (message: LibraryMessage) =>
    afterSends(() =>
      sent.has(message.id._serialized) ? undefined : { kind: 'own', message: readPlainly(message) },
    );

  listen('qr', (qr: string) => tell({ kind: 'qr', qr }));
  listen('authenticated', () => tell({ kind: 'authenticated' }));
  listen('ready', () => tell({ kind: 'ready', phone: client.info?.wid?.user ?? null }));
  listen('auth_failure', (reason: unknown) => tell({ kind: 'closed', reason: String(reason) }));
  listen('disconnected', (reason: unknown) => tell({ kind: 'closed', reason: String(reason) }));
  listen('message', hear);
  listen('message_create', (message: LibraryMessage) =>
    message.fromMe ? hearOwn(message) : undefined,
  );
  listen('message_ack', (message: LibraryMessage, ack: number) =>
    afterSends(() => ({
      kind: 'ack',
      message: readPlainly(message),
      ack,
      outgoingId: sent.get(message.id._serialized),
    })),
  );
  listen('message_revoke_everyone', (message: LibraryMessage, before?: LibraryMessage | null) => {
    // After the message itself, should that still be on its way.
    const revokedId =
      message.protocolMessageKey?._serialized ?? before?.id._serialized ?? message.id._serialized;
    const event = { kind: 'revoked' as const, message: readPlainly(message), revokedId };
    return inbound.idle().then(() => tell(event));
  });
  listen('message_edit', (message: LibraryMessage) =>
    tell({ kind: 'other', name: 'message_edit', message: readPlainly(message) }),
  );

  const send = async (order: SendOrder): Promise<SendOutcome> => {
    try {
      const message = order.picture
        ? await client.sendMessage(order.chatId, await deps.toMedia(order.picture), {
            caption: order.text,
          })
        : await client.sendMessage(order.chatId, order.text ?? '', { linkPreview: false });
      if (!message) return { ok: false, why: 'no_chat', message: 'there is no such chat' };
      remember(sent, message.id._serialized, order.outgoingId);
      return { ok: true, id: message.id._serialized };
    } catch (error) {
      return { ok: false, why: 'failed', message: messageOf(error) };
    }
  };

  return {
    send: (order, beginBefore) =>
      sends.add(async () =>
        deps.now() < beginBefore
          ? send(order)
          : { ok: false, why: 'not_begun', message: 'others were before it' },
      ),
    catchUp: async (since) => {
      // Not our own: which of them a person wrote, nobody can tell any more.
      for (const message of await messagesSince(client, since))
        if (!message.fromMe) void hear(message).catch(fault);
      await inbound.idle();
      tell({ kind: 'caught_up' });
    },
  };
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

function remember(sent: Map<string, number>, id: string, outgoingId: number): void {
  sent.set(id, outgoingId);
  const [oldest] = sent.keys();
  if (sent.size > REMEMBERED_SENDS && oldest !== undefined) sent.delete(oldest);
}

/** The newest messages of the chats in which something has happened since, oldest first. */
async function messagesSince(client: LibraryClient, since: number): Promise<LibraryMessage[]> {
  const isSince = (seconds: number | undefined) => (seconds ?? 0) * 1000 >= since;
  const chats = (await client.getChats())
    .filter((chat) => !chat.isGroup && isSince(chat.timestamp))
    .slice(0, CATCH_UP_CHATS);
  const found: LibraryMessage[] = [];
  for (const chat of chats) found.push(...(await chat.fetchMessages({ limit: CATCH_UP_MESSAGES })));
  return found
    .filter((message) => isSince(message.timestamp))
    .sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
}
