import type { Channel } from '../channel';
import { renderMessenger } from './render';
import { renderUtility } from './render-approved';
import { sendMessenger } from './send';
import { withoutPicture } from './without-picture';
import { PAGE_PACE } from './pace';

export const messenger: Channel = {
  name: 'messenger',
  render: renderMessenger,
  send: sendMessenger,
  withoutPicture,
  pace: PAGE_PACE,
  renderApproved: renderUtility,
};
