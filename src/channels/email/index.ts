import type { Channel } from '../channel';
import { renderMail } from './render';
import { sendMail } from './send';

/** E-mail out (CHN-4). Nothing comes in by it. */
export const email: Channel = {
  name: 'email',
  render: renderMail,
  send: sendMail,
  // Each has a connection of its own, and mail servers count them.
  maxAtOnce: 5,
};
