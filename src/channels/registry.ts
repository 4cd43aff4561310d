import type { Channel } from './channel';
import type { ChannelName } from './inbound';
import { instagram } from './instagram';
import { messenger } from './messenger';
import { sms } from './sms';
import { whatsapp } from './whatsapp';

const channels = new Map<ChannelName, Channel>(
  [messenger, instagram, sms, whatsapp].map((channel) => [channel.name, channel]),
);

/** The channel of that name; asking for one that does not exist is a bug. */
export function channelOf(name: ChannelName): Channel {
  const channel = channels.get(name);
  if (!channel) throw new Error(`no channel ${name}`);
  return channel;
}
