import type { Channel } from '../channel';
import { renderInstagram } from './render';
import { sendInstagram } from './send';
import { withoutPicture } from '../messenger/without-picture';

export const instagram: Channel = {
  name: 'instagram',
  render: renderInstagram,
  send: sendInstagram,
  withoutPicture,
};
