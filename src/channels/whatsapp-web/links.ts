import type { FileOutcome, SendOrder, SendOutcome } from './messages';

/** A browser of this process that is logged in. */
export interface Link {
  send(order: SendOrder, beginBefore: number): Promise<SendOutcome>;
  download(messageId: string, maxBytes: number): Promise<FileOutcome>;
}

/**
 * Whom this process can send as, by account. Only one process at a time runs the browser of a number, so the sender of every
 * other one leaves its messages alone (`canSendHere`).
 */
const links = new Map<string, Link>();

export const linkOf = (accountId: string): Link | undefined => links.get(accountId);

/** Gives the way back. */
export function putLink(accountId: string, link: Link): () => void {
  links.set(accountId, link);
  return () => {
    if (links.get(accountId) === link) links.delete(accountId);
  };
}
