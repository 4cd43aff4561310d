import type { Channel } from '../channel';
import { renderInstagram } from './render';
import { sendInstagram } from './send';

export const instagram: Channel = {
  name: 'instagram',
  render: renderInstagram,
  send: sendInstagram,
};
