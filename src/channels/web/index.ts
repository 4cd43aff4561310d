import type { Channel } from '../channel';
import { renderWeb } from './render';

/** The chat on the shop's own pages (CHN-5). Sending is a mark on the row, from which on the visitor's page may fetch it. */
export const web: Channel = {
  name: 'web',
  render: renderWeb,
  send: ({ outgoingId }) => Promise.resolve({ ok: true, providerMessageId: `web:${outgoingId}` }),
};
