import type { Channel } from '../channel';
import { classifyTwilioError } from '../sms/errors';
import { sendSms } from '../sms/send';
import { renderWhatsAppByTwilio } from './render';

/** WhatsApp by Twilio: the same call as for an SMS, to another kind of address. */
export const whatsappTwilio: Channel = {
  name: 'whatsapp',
  render: renderWhatsAppByTwilio,
  send: sendSms,
  classify: (code) => classifyTwilioError(Number(code), 400),
  withoutPicture: ({ mediaUrl, ...rest }) => (mediaUrl && rest.body ? rest : null),
};
