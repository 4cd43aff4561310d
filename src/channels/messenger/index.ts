import type { Channel } from '../channel';
import { renderMessenger } from './render';
import { sendMessenger } from './send';

export const messenger: Channel = {
  name: 'messenger',
  render: renderMessenger,
  send: sendMessenger,
};
