import type { Channel } from '../channel';
import { classifyWhatsAppError } from './errors';
import { renderWhatsApp } from './render';
import { sendWhatsApp } from './send';
import { withoutPicture } from './without-picture';

export const whatsapp: Channel = {
  name: 'whatsapp',
  render: renderWhatsApp,
  send: sendWhatsApp,
  classify: (code) => classifyWhatsAppError(Number(code), 400),
  withoutPicture,
};
