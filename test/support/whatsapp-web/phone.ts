import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { conversationKey } from '../../../src/channels/inbound';
import { createConversation, findConversation } from '../../../src/customers/conversation-store';
import { insertOutgoing } from '../../../src/outgoing/outgoing-store';
import type { Database } from '../../../src/db/database';

/** The version that whatsapp-web.js 1.34.7 asks its cache for: a page that stands there is opened instead of the real one. */
const PAGE_NAME = '2.3000.1017054665.html';
/** Whom page.html obeys. */
const CONTROL = '+15550009999';
export const PERSON = '+15550002222';

/** A folder for a session, whose WhatsApp Web is ours; without it the browser tries to reach the real one. */
export function sessionFolder({ withPage }: { withPage: boolean }): {
  path: string;
  remove(): void;
} {
  const folder = mkdtempSync(path.join(tmpdir(), 'tindera-whatsapp-'));
  if (withPage) {
    mkdirSync(path.join(folder, 'cache'));
    copyFileSync(path.join(__dirname, 'page.html'), path.join(folder, 'cache', PAGE_NAME));
  }
  return {
    path: folder,
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
}

/** The main processes of the browsers that use a session, by their process ids. */
export function browsersOf(session: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const command = commandOf(pid);
      return command.includes(`--user-data-dir=${session}`) && !command.includes('--type=');
    })
    .map(Number);
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** Lets the people of page.html act: what is sent to CONTROL happens there. */
export async function happen(db: Database, what: string): Promise<void> {
  const key = conversationKey('whatsapp', 'web-1', CONTROL);
  const identity = { channel: 'whatsapp' as const, accountId: 'web-1', externalId: CONTROL };
  if (!(await findConversation(db, key)))
    await createConversation(db, { ...identity, conversationKey: key, businessId: 1 });
  await db.transaction(async (trx) => {
    const conversation = (await findConversation(trx, key))!;
    const message = { payload: { text: what }, display: what };
    const row = { businessId: 1, conversationId: conversation.id, message };
    await insertOutgoing(trx, [{ ...row, inboxMessageId: null, notificationId: null }], new Date());
  });
}
