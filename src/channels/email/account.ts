import type { Account } from '../channel';
import { fit, MAX_ACCOUNT } from '../event-fields';
import { addressIn } from './address';

/** What the playground's mails come from. */
export const PLAYGROUND_MAIL_FROM = 'Shop <shop@playground.example>';

/** The shop as a sender of e-mail. `secret` makes the ids of its mails its own. */
export const mailAccount = (
  given: { from: string; url: string; secret: string; businessId: number } & Pick<
    Account,
    'isPlayground'
  >,
): Account => ({
  channel: 'email',
  accountId: fit(addressIn(given.from), MAX_ACCOUNT),
  businessId: given.businessId,
  secret: given.secret,
  // With user and password in it.
  token: given.url,
  principal: given.from,
  apiUrl: '',
  isPlayground: given.isPlayground,
});
