import path from 'node:path';
import type { BrowserOptions } from '../messages';

/** The few things of whatsapp-web.js that we use: whatever else can do them can take its place. */
export interface LibraryClient {
  on(event: string, listener: (...args: never[]) => void): unknown;
  initialize(): Promise<void>;
  destroy(): Promise<void>;
  /** Nothing when there is no such chat. */
  sendMessage(
    chatId: string,
    content: unknown,
    options?: { caption?: string; linkPreview?: boolean },
  ): Promise<{ id: { _serialized: string } } | null | undefined>;
  getChats(): Promise<LibraryChat[]>;
  getMessageById(id: string): Promise<LibraryMessage | null>;
  getContactLidAndPhone(ids: string[]): Promise<{ pn?: string }[]>;
  /** What the page says of its connection. */
  getState(): Promise<string | null>;
  info?: { wid?: { user?: string } };
  /** Puppeteer's, as soon as there are such: the library does not tell when they end. */
  pupBrowser?: { on(event: 'disconnected', listener: () => void): unknown } | null;
  pupPage?: { on(event: 'error' | 'close', listener: () => void): unknown } | null;
}

export interface LibraryChat {
  id: { _serialized: string };
  isGroup: boolean;
  /** Of its last message, in seconds. */
  timestamp?: number;
  fetchMessages(options: { limit: number }): Promise<LibraryMessage[]>;
}

export interface LibraryMessage {
  id: { _serialized: string };
  type: string;
  from: string;
  to: string;
  fromMe: boolean;
  isStatus: boolean;
  timestamp?: number;
  body?: string;
  hasMedia: boolean;
  location?: { latitude: unknown; longitude: unknown; name?: string; address?: string };
  selectedButtonId?: string;
  selectedRowId?: string;
  /** Of the message that this one takes back. */
  protocolMessageKey?: { _serialized?: string };
  rawData: unknown;
  getOrder(): Promise<LibraryOrder | undefined>;
  downloadMedia(): Promise<{ data: string } | null | undefined>;
}

export interface LibraryOrder {
  products?: {
    id: string;
    quantity: number;
    getData(): Promise<{ retailer_id?: string } | undefined>;
  }[];
}

/**
 * A QR code lives about 20 seconds; after so many that nobody has scanned, the library gives up, and a new browser shows
 * new ones.
 */
const QR_CODES_PER_BROWSER = 15;

/** Where LocalAuth keeps the browser's profile. */
export const profileFolder = ({ sessionPath, profile }: BrowserOptions): string =>
  path.join(sessionPath, `session-${profile}`);

/** A client that has not started its browser yet. The library is loaded here and nowhere else: it costs time and memory. */
export async function createClient(options: BrowserOptions): Promise<LibraryClient> {
  const { Client, LocalAuth } = (await import('whatsapp-web.js')).default;
  return new Client({
    authStrategy: new LocalAuth({ clientId: options.profile, dataPath: options.sessionPath }),
    webVersionCache: { type: 'local', path: path.join(options.sessionPath, 'cache') },
    qrMaxRetries: QR_CODES_PER_BROWSER,
    puppeteer: {
      executablePath: options.executablePath,
      headless: true,
      // Over a pipe Chromium ends with the process that started it, however that dies, and lets go of the profile.
      pipe: true,
      args: options.isSandboxed ? [] : ['--no-sandbox'],
    },
  });
}

/** A picture in the library's own shape. */
export async function toMedia(picture: { mimetype: string; data: string }): Promise<unknown> {
  const { MessageMedia } = (await import('whatsapp-web.js')).default;
  return new MessageMedia(picture.mimetype, picture.data, 'picture');
}
