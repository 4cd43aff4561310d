import type { Channel } from '../channel';
import { renderInstagram } from './render';
import { sendInstagram } from './send';
import { withoutPicture } from '../messenger/without-picture';
import { PAGE_PACE } from '../messenger/pace';

export const instagram: Channel = {
  name: 'instagram',
  render: renderInstagram,
  send: sendInstagram,
  withoutPicture,
  pace: PAGE_PACE,
};
