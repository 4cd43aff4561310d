import type { Channel } from '../channel';
import { findReference } from './reference-store';
import { renderBotFramework } from './render';
import { sendBotFramework } from './send';

/** The channels of the Bot Framework, and its Emulator (CHN-6). */
export const botframework: Channel = {
  name: 'botframework',
  render: renderBotFramework,
  send: sendBotFramework,
  address: findReference,
};
