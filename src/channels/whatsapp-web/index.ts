import type { Channel } from '../channel';
import { linkOf } from './links';
import { locateWhatsAppWebMedia } from './locate-media';
import { renderWhatsAppWeb } from './render';
import { sendWhatsAppWeb } from './send';

/** WhatsApp by WhatsApp Web: a browser that is linked to the shop's phone, in one process at a time. */
export const whatsappWeb: Channel = {
  name: 'whatsapp',
  render: renderWhatsAppWeb,
  send: sendWhatsAppWeb,
  // WhatsApp says only that it could not send: another channel may.
  classify: () => ({ errorClass: 'reroute' }),
  locateMedia: locateWhatsAppWebMedia,
  canSendHere: (accountId) => linkOf(accountId) !== undefined,
  // One page that does one thing at a time.
  maxAtOnce: 3,
};
