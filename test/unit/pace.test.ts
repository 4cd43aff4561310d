import { channelOf } from '../../src/channels/registry';
import type { ChannelName } from '../../src/channels/inbound';

/** Sender, addressee, messages or segments a second. */
test.each<[ChannelName, string, string, number]>([
  ['messenger', '100000000000101', '7000000000000201', 300],
  ['instagram', '17841400000000001', '7000000000000201', 300],
  ['whatsapp', '200000000000601', '+639171234567', 80],
  ['whatsapp', '+15005550006', '+639171234567', 80],
  ['sms', '+15005550006', '+15550002222', 1],
  ['sms', '+18005550006', '+15550002222', 3],
  ['sms', '+15005550006', '+639171234567', 10],
  ['sms', '+639170000001', '+639171234567', 10],
  ['sms', '21234', '+15550002222', 100],
  ['sms', 'MYSHOP', '+639171234567', 10],
])('%s from %s to %s: %d a second', (channel, accountId, to, perSecond) => {
  expect(channelOf({ channel, accountId }).pace?.perSecond(accountId, to)).toBe(perSecond);
});

test('only where the platform queues we may run ahead of it', () => {
  const burst = (channel: ChannelName, accountId = '1') =>
    channelOf({ channel, accountId }).pace?.burstMs;
  expect([burst('messenger'), burst('whatsapp'), burst('sms')]).toEqual([0, 0, 60_000]);
  expect(channelOf({ channel: 'web', accountId: '1' }).pace).toBeUndefined();
});
