import { setTimeout as delay } from 'node:timers/promises';
import type { SeenMessage } from '../messages';
import type { LibraryClient, LibraryMessage } from './library';

/** What has to be asked of WhatsApp besides may be missing; a message never waits longer for it. */
const ASK_TIMEOUT_MS = 3_000;
/** As many different things as an order of ours may have. */
const MAX_PRODUCTS = 50;

/** A message of the library as plain data, with what has to be asked for: the products of a cart, a hidden number. */
export async function readMessage(
  client: LibraryClient,
  message: LibraryMessage,
): Promise<SeenMessage> {
  const seen = readPlainly(message);
  if (message.type === 'order') seen.order = await asked(() => productsOf(message));
  if (message.from.endsWith('@lid')) seen.phone = await asked(() => phoneOf(client, message.from));
  return seen;
}

/** Only what stands in the message itself. */
export function readPlainly(message: LibraryMessage): SeenMessage {
  const raw = (message.rawData ?? {}) as Record<string, unknown>;
  const string = (value: unknown) =>
    typeof value === 'string' && value !== '' ? value : undefined;
  const { latitude, longitude, name, address } = message.location ?? {};
  return {
    id: message.id._serialized,
    type: message.type,
    from: message.from,
    to: message.to,
    isFromMe: message.fromMe,
    isStatus: message.isStatus,
    timestamp: message.timestamp,
    body: string(message.body),
    hasMedia: message.hasMedia,
    filename: string(raw.filename),
    location: message.location && {
      latitude: Number(latitude),
      longitude: Number(longitude),
      title: string(name) ?? string(address),
    },
    selectedId: message.selectedButtonId ?? message.selectedRowId,
    profileName: string(raw.notifyName),
  };
}

async function productsOf(message: LibraryMessage): Promise<SeenMessage['order']> {
  const { products = [] } = (await message.getOrder()) ?? {};
  return Promise.all(
    products.slice(0, MAX_PRODUCTS).map(async (product) => {
      const data = await product.getData();
      return { sku: data?.retailer_id ?? product.id, quantity: product.quantity };
    }),
  );
}

async function phoneOf(client: LibraryClient, id: string): Promise<string | undefined> {
  const [answer] = await client.getContactLidAndPhone([id]);
  return answer?.pn;
}

async function asked<T>(ask: () => Promise<T>): Promise<T | undefined> {
  const timeout = new AbortController();
  try {
    return await Promise.race([
      ask(),
      delay(ASK_TIMEOUT_MS, undefined, { signal: timeout.signal, ref: false }),
    ]);
  } catch {
    return undefined;
  } finally {
    timeout.abort();
  }
}
