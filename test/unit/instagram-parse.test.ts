import { createHmac } from 'node:crypto';
import { parseMessengerWebhook } from '../../src/channels/messenger/parse';
import { isSignedBy } from '../../src/channels/messenger/signature';
import type { InboundEvent } from '../../src/channels/inbound';
import { fixture, fixtureBytes, fixtureNames } from '../support/fixtures';

const NOW = new Date('2026-03-01T00:00:00Z');
const SENT = new Date(1772000000000);

interface Body {
  object: string;
  entry: { id: string; messaging: Record<string, Record<string, unknown>>[] }[];
}
const parse = (body: unknown): InboundEvent[] => parseMessengerWebhook(body, NOW);
const captured = (file: string): Body => fixture<Body>(`instagram/${file}.json`);
const only = (body: unknown): InboundEvent => {
  const events = parse(body);
  expect(events).toHaveLength(1);
  return events[0]!;
};
const withMessage = (message: Record<string, unknown>): InboundEvent => {
  const body = captured('message_text');
  body.entry[0]!.messaging[0]!.message = { mid: 'aWdf1', ...message };
  return only(body);
};

test.each(fixtureNames('instagram'))('the signature of %s holds over its bytes', (file) => {
  const { app_secret: secret, signatures } = fixture<{
    app_secret: string;
    signatures: Record<string, string>;
  }>('instagram/_signatures.json');
  expect(isSignedBy(secret, fixtureBytes(`instagram/${file}`), signatures[file])).toBe(true);
  const other = `sha256=${createHmac('sha256', 'x').update('').digest('hex')}`;
  expect(isSignedBy(secret, fixtureBytes(`instagram/${file}`), other)).toBe(false);
});

test.each<[string, object]>([
  ['message_text', { kind: 'message', text: 'Do you ship to Lisbon?' }],
  ['message_quick_reply', { kind: 'message', text: 'Track my order', payload: 'TRACK_ORDER' }],
  ['message_image', { kind: 'message', attachments: [{ type: 'image' }] }],
  ['message_story_reply', { kind: 'message', text: 'how much?' }],
  ['message_unsupported', { kind: 'message', attachments: [{ type: 'other' }] }],
  [
    'postback_ice_breaker',
    { kind: 'message', text: 'Where are you located?', payload: 'FAQ_LOCATION' },
  ],
  ['referral_ig_me', { kind: 'message', referral: 'bio-link' }],
  ['message_echo', { kind: 'echo', text: 'Hi! Yes we do.' }],
  ['message_story_mention', { kind: 'other', name: 'story_mention' }],
  ['reaction', { kind: 'other', name: 'reaction' }],
])('%s', (file, body) => {
  const event = only(captured(file));
  expect(event).toMatchObject({
    channel: 'instagram',
    accountId: '17840000000000301',
    externalId: '6000000000000401',
  });
  expect(event.body).toMatchObject(body);
});

test('every captured body is one event at the platform’s time', () => {
  for (const file of fixtureNames('instagram')) {
    const event = only(fixture(`instagram/${file}`));
    expect(event.sentAt.getTime() - SENT.getTime()).toBeLessThan(1000);
  }
});

test('a read receipt names the message, not an instant', () => {
  expect(only(captured('seen')).body).toEqual({
    kind: 'receipt',
    status: 'read',
    messageIds: [expect.stringMatching(/^aWdf/)],
    upTo: undefined,
  });
});

test('a message that is taken back is an event of its own about that message', () => {
  const sent = only(captured('message_text'));
  const deleted = only(captured('message_deleted'));
  expect(deleted.body).toEqual({ kind: 'erasure', messageId: sent.providerMessageId });
  expect(deleted.providerMessageId).not.toBe(sent.providerMessageId);
});

test.each(['share', 'ig_post', 'ig_reel', 'reel'])('a shared %s is a link', (type) => {
  const { body } = withMessage({ attachments: [{ type, payload: { url: 'https://ig.example' } }] });
  expect(body).toMatchObject({ kind: 'message', attachments: [{ type: 'link' }] });
});

test('what vanishes is kept and not answered; with words it is a message', () => {
  const attachments = [{ type: 'ephemeral' }];
  expect(withMessage({ attachments }).body).toMatchObject({ kind: 'other', name: 'ephemeral' });
  expect(withMessage({ attachments, text: 'this one?' }).body).toMatchObject({ text: 'this one?' });
});

test('comments are kept as changes', () => {
  const body = { object: 'instagram', entry: [{ id: '1', changes: [{ field: 'comments' }] }] };
  expect(only(body)).toMatchObject({
    channel: 'instagram',
    body: { kind: 'other', name: 'changes' },
  });
});
