import type { Channel } from '../channel';
import { locateTwilioMedia } from '../twilio/locate-media';
import { classifyTwilioError } from '../sms/errors';
import { sendSms } from '../sms/send';
import { renderWhatsAppByTwilio } from './render';
import { renderContent } from './render-approved';
import { NUMBER_PACE } from '../whatsapp/pace';

/** WhatsApp by Twilio: the same call as for an SMS, to another kind of address. */
export const whatsappTwilio: Channel = {
  name: 'whatsapp',
  render: renderWhatsAppByTwilio,
  send: sendSms,
  locateMedia: locateTwilioMedia,
  classify: (code) => classifyTwilioError(Number(code), 400),
  withoutPicture: ({ mediaUrl, ...rest }) => (mediaUrl && rest.body ? rest : null),
  pace: NUMBER_PACE,
  renderApproved: renderContent,
};
