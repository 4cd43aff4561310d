import type { Account } from '../channel';

/** The shop's phone, linked by a browser. It has no id of its own before somebody has scanned the code: ours is made of the shop's. */
export const whatsAppWebAccount = (businessId: number): Account => ({
  channel: 'whatsapp',
  accountId: `web-${businessId}`,
  businessId,
  // Nothing comes by a webhook, and nothing is sent over HTTP.
  secret: '',
  token: '',
  principal: '',
  apiUrl: '',
  isPlayground: false,
});

export const isWhatsAppWeb = (accountId: string): boolean => /^web-\d+$/.test(accountId);
