import type { Channel } from '../channel';
import { locateTwilioMedia } from '../twilio/locate-media';
import { classifyTwilioError } from './errors';
import { renderSms } from './render';
import { sendSms } from './send';
import { SMS_PACE } from './pace';

export const sms: Channel = {
  name: 'sms',
  render: renderSms,
  send: sendSms,
  locateMedia: locateTwilioMedia,
  classify: (code) => classifyTwilioError(Number(code), 400),
  pace: SMS_PACE,
};
