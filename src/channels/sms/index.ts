import type { Channel } from '../channel';
import { renderSms } from './render';
import { sendSms } from './send';

export const sms: Channel = { name: 'sms', render: renderSms, send: sendSms };
