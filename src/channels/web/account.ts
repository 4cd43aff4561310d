import type { Account } from '../channel';

/**
 * Every business has a web chat, and needs no credentials for it: its account is its id. The person's side is the visitor
 * of visitor-token.ts.
 */
export const webAccount = (businessId: number): Account => ({
  channel: 'web',
  accountId: String(businessId),
  businessId,
  secret: '',
  token: '',
  principal: '',
  apiUrl: '',
  isPlayground: false,
});

/** The account of an id in a conversation; undefined for what is no id. */
export function findWebAccount(accountId: string): Account | undefined {
  return /^[1-9]\d{0,14}$/.test(accountId) ? webAccount(Number(accountId)) : undefined;
}
