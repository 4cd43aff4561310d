import type { Account } from '../../src/channels/channel';

export const PAGE_ID = '100000000000101';
export const NUMBER = '+15005550006';

export const messengerAccount = (apiUrl: string, token = 'EAAG-page-token/+='): Account => ({
  channel: 'messenger',
  accountId: PAGE_ID,
  businessId: 1,
  secret: 'app-secret',
  token,
  principal: '',
  apiUrl: `${apiUrl}/v25.0`,
  isPlayground: false,
});

export const smsAccount = (apiUrl: string, token = 'twilio-auth-token'): Account => ({
  channel: 'sms',
  accountId: NUMBER,
  businessId: 1,
  secret: token,
  token,
  principal: 'AC00000000000000000000000000000001',
  apiUrl,
  isPlayground: false,
});
