import type { Channel } from './channel';
import type { ChannelName } from './inbound';
import { email } from './email';
import { botframework } from './botframework';
import { instagram } from './instagram';
import { messenger } from './messenger';
import { sms } from './sms';
import { web } from './web';
import { whatsapp } from './whatsapp';
import { whatsappTwilio } from './whatsapp-twilio';
import { whatsappWeb } from './whatsapp-web';
import { isWhatsAppWeb } from './whatsapp-web/account';

const channels = new Map<ChannelName, Channel>(
  [botframework, email, messenger, instagram, sms, web, whatsapp].map((channel) => [
    channel.name,
    channel,
  ]),
);

/** The channel of a conversation; one that does not exist is a bug. Twilio's WhatsApp senders are numbers, Meta's have ids. */
export function channelOf({
  channel: name,
  accountId,
}: {
  channel: ChannelName;
  accountId: string;
}): Channel {
  if (name === 'whatsapp' && accountId.startsWith('+')) return whatsappTwilio;
  if (name === 'whatsapp' && isWhatsAppWeb(accountId)) return whatsappWeb;
  const channel = channels.get(name);
  if (!channel) throw new Error(`no channel ${name}`);
  return channel;
}
