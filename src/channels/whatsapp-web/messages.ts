/** What the browser's process and ours tell each other: plain data, since it goes through a pipe. */

/** A message as WhatsApp Web shows it, without anything of the library around it. */
export interface SeenMessage {
  /** WhatsApp's id, with chat and direction in it: `false_15550002222@c.us_3EB0…`. */
  id: string;
  type: string;
  from: string;
  to: string;
  isFromMe: boolean;
  isStatus: boolean;
  /** In seconds. */
  timestamp?: number;
  /** The text, or a file's caption. */
  body?: string;
  hasMedia?: boolean;
  filename?: string;
  location?: { latitude: number; longitude: number; title?: string };
  /** Of an old button or list that was tapped. */
  selectedId?: string;
  order?: { sku: string; quantity: number }[];
  profileName?: string;
  /** Their number, where WhatsApp hides it behind an id of its own and tells it all the same. */
  phone?: string;
}

export type BrowserNews =
  | { kind: 'qr'; qr: string }
  | { kind: 'authenticated' }
  | { kind: 'ready'; phone: string | null }
  /** The browser is of no more use. */
  | { kind: 'closed'; reason: string }
  /** Something went wrong in it, and it goes on. */
  | { kind: 'fault'; message: string }
  | { kind: 'sent'; request: number; outcome: SendOutcome }
  | { kind: 'file'; request: number; outcome: FileOutcome }
  /** All that was asked for with `catch_up` has been told. */
  | { kind: 'caught_up' }
  | BrowserEvent;

/** What goes into the inbox. */
export type BrowserEvent =
  | { kind: 'message'; message: SeenMessage }
  /** Written on the phone or on another device: a person's own reply. */
  | { kind: 'own'; message: SeenMessage }
  | { kind: 'ack'; message: SeenMessage; ack: number; outgoingId?: number }
  | { kind: 'revoked'; message: SeenMessage; revokedId: string }
  | { kind: 'other'; name: string; message: SeenMessage };

export type SendOutcome =
  | { ok: true; id: string }
  | { ok: false; why: 'no_chat' | 'not_begun' | 'failed'; message: string };

/** A file in base64. */
export type FileOutcome =
  { ok: true; data: string } | { ok: false; why: 'gone' | 'too_large' | 'failed'; message: string };

export interface SendOrder {
  chatId: string;
  text?: string;
  /** Base64. */
  picture?: { mimetype: string; data: string };
  outgoingId: number;
}

export type BrowserOrder =
  | ({ kind: 'send'; request: number; beginBefore: number } & SendOrder)
  | { kind: 'download'; request: number; messageId: string; maxBytes: number }
  /** Tell again what has come since then, in epoch milliseconds: the inbox knows what it has already. */
  | { kind: 'catch_up'; since: number }
  | { kind: 'stop' };

/** How the browser is started. */
export interface BrowserOptions {
  /** Where Chromium is. */
  executablePath: string;
  /** Where its profile, which holds the login, and copies of WhatsApp Web are kept. */
  sessionPath: string;
  /** Which of the profiles there. */
  profile: string;
  /** Chromium cannot be sandboxed when it runs as root. */
  isSandboxed: boolean;
}
