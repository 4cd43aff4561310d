import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

/** A mail as it arrived: what the envelope says, and what is in it. */
export interface ReceivedMail {
  from: string;
  to: string[];
  mail: Email;
  raw: string;
}

/** What the server does instead of taking the mail: an answer with its code, at the command where it belongs. */
export interface Refusal {
  at: 'auth' | 'from' | 'to' | 'data';
  status: number;
  message: string;
}

export interface MailServer {
  url: string;
  received: ReceivedMail[];
  /** The next ones; undefined takes them. */
  refusal: Refusal | undefined;
  /** Never answers the end of a mail. */
  hangs: boolean;
  close(): Promise<void>;
}

export const MAIL_USER = 'shop';
export const MAIL_PASSWORD = 'a/secret:word';

/** A real SMTP server on a port of this machine, with a login. */
export async function startMailServer(): Promise<MailServer> {
  const refusedAt = (at: Refusal['at']): Error | null => {
    const { refusal } = state;
    if (refusal?.at !== at) return null;
    return Object.assign(new Error(refusal.message), { responseCode: refusal.status });
  };
  const server = new SMTPServer({
    // Without a certificate: STARTTLS is not offered.
    disabledCommands: ['STARTTLS'],
    logger: false,
    onAuth: ({ username, password }, _session, done) => {
      const refused = refusedAt('auth');
      if (refused) return done(refused);
      if (username !== MAIL_USER || password !== MAIL_PASSWORD)
        return done(new Error(`5.7.8 ${password ?? ''} is not the password`));
      done(null, { user: username });
    },
    onMailFrom: (_address, _session, done) => done(refusedAt('from')),
    onRcptTo: (_address, _session, done) => done(refusedAt('to')),
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => void parts.push(part));
      stream.on('end', () => {
        const refused = refusedAt('data');
        if (refused) return done(refused);
        const raw = Buffer.concat(parts).toString('utf8');
        void PostalMime.parse(raw).then((mail) => {
          const { mailFrom, rcptTo } = session.envelope;
          const from = mailFrom ? mailFrom.address : '';
          state.received.push({ from, to: rcptTo.map(({ address }) => address), mail, raw });
          if (!state.hangs) done(null);
        });
      });
    },
  });
  // A connection that a client gives up is no event for the test.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const password = encodeURIComponent(MAIL_PASSWORD);
  const state: MailServer = {
    url: `smtp://${MAIL_USER}:${password}@127.0.0.1:${port}`,
    received: [],
    refusal: undefined,
    hangs: false,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return state;
}
