import type { Channel } from '../channel';
import { classifyTwilioError } from './errors';
import { renderSms } from './render';
import { sendSms } from './send';

export const sms: Channel = {
  name: 'sms',
  render: renderSms,
  send: sendSms,
  classify: (code) => classifyTwilioError(Number(code), 400),
};
