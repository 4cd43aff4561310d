/** As long as a column for addressees is; the standard's own limit is 254, and longer ones are nobody's. */
const MAX_ADDRESS = 160;
const ADDRESS = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/;

/**
 * A person's address as their id on this channel: the part after the @ in lower case, since only that is the same in any
 * case. Undefined for what is no address: nothing that could be read as a header or a second addressee gets through.
 */
export function mailAddress(text: string | null | undefined): string | undefined {
  const address = text?.trim() ?? '';
  // A control character would end a line of the mail's head.
  if (address.length > MAX_ADDRESS || !ADDRESS.test(address) || /[\x00-\x1f\x7f]/.test(address))
    return undefined;
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}@${address.slice(at + 1).toLowerCase()}`;
}

/** `orders@shop.example` of `Shop <orders@shop.example>`. */
export const addressIn = (mailbox: string): string =>
  /<([^>]+)>/.exec(mailbox)?.[1] ?? mailbox.trim();
