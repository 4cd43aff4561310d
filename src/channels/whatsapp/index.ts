import type { Channel } from '../channel';
import { locateWhatsAppMedia } from './locate-media';
import { classifyWhatsAppError } from './errors';
import { renderWhatsApp } from './render';
import { renderTemplate } from './render-approved';
import { sendWhatsApp } from './send';
import { withoutPicture } from './without-picture';
import { NUMBER_PACE } from './pace';

export const whatsapp: Channel = {
  name: 'whatsapp',
  render: renderWhatsApp,
  send: sendWhatsApp,
  locateMedia: locateWhatsAppMedia,
  classify: (code) => classifyWhatsAppError(Number(code), 400),
  withoutPicture,
  pace: NUMBER_PACE,
  renderApproved: renderTemplate,
};
