import { activitySchema } from '../../src/channels/botframework/activity';
import { parseActivity } from '../../src/channels/botframework/parse';

const NOW = new Date('2026-03-01T10:00:00Z');
const base = {
  type: 'message',
  id: 'a1',
  timestamp: '2026-03-01T09:59:59.123Z',
  channelId: 'msteams',
  serviceUrl: 'https://smba.trafficmanager.net/apac/',
  conversation: { id: 'a:1' },
  from: { id: '29:person', name: 'Maria' },
  recipient: { id: '28:bot' },
};
const parse = (activity: object) =>
  parseActivity(activitySchema.parse({ ...base, ...activity }), 'app', NOW);

test('a text, by its sender in its conversation, at its time', () => {
  expect(parse({ text: 'hello' })).toEqual({
    channel: 'botframework',
    accountId: 'app',
    externalId: 'msteams:a:1:29:person',
    providerMessageId: 'msteams:a:1:a1',
    sentAt: new Date('2026-03-01T09:59:59.123Z'),
    body: { kind: 'message', text: 'hello', profileName: 'Maria' },
  });
});

test.each([
  ['postBack as text', { text: 'CART', channelData: { postBack: true } }, { payload: 'CART' }],
  ['a value', { text: 'Cart', value: 'CART' }, { text: 'Cart', payload: 'CART' }],
  ['a value that came as text', { text: 'ADD_TO_CART:SKU-1' }, { payload: 'ADD_TO_CART:SKU-1' }],
  ['a mention in Teams', { text: '<at>Shop Bot</at> hello ' }, { text: 'hello' }],
  [
    'a picture',
    {
      attachments: [{ contentType: 'image/png', contentUrl: 'https://x.example/1', name: 'r.png' }],
    },
    { attachments: [{ type: 'image', url: 'https://x.example/1', title: 'r.png' }] },
  ],
  [
    'Teams sends a text a second time as a page',
    { text: 'hello', attachments: [{ contentType: 'text/html', content: '<p>hello</p>' }] },
    { text: 'hello' },
  ],
  [
    'a place',
    { entities: [{ type: 'GeoCoordinates', latitude: 14.5, longitude: 121 }] },
    { attachments: [{ type: 'location', latitude: 14.5, longitude: 121 }] },
  ],
  ['fields of odd types', { text: 5, attachments: 'x', entities: [1], value: { a: 1 } }, {}],
])('%s', (_what, activity, body) => {
  expect(parse(activity).body).toEqual({ kind: 'message', profileName: 'Maria', ...body });
});

test('who opens the chat is greeted; the bot itself and a group are not', () => {
  const update = { type: 'conversationUpdate', membersAdded: [{ id: '29:person' }] };
  expect(parse(update).body).toEqual({ kind: 'message', payload: 'GET_STARTED' });
  expect(parse({ ...update, membersAdded: [{ id: '28:bot' }] }).body.kind).toBe('other');
  expect(parse({ ...update, conversation: { id: 'a:1', isGroup: true } }).body.kind).toBe('other');
});

test('anything else is kept under its name', () => {
  expect(parse({ type: 'typing' }).body).toMatchObject({ kind: 'other', name: 'typing' });
});

test('ids that are too long still fit, and differ', () => {
  const long = (end: string) => parse({ conversation: { id: `${'c'.repeat(900)}${end}` } });
  expect(long('1').externalId.length).toBeLessThanOrEqual(160);
  expect(long('1').externalId).not.toBe(long('2').externalId);
  expect(long('1').providerMessageId).not.toBe(long('2').providerMessageId);
});

test('without an id the same activity has the same one; a senseless time is ours', () => {
  const odd = { id: undefined, timestamp: 'yesterday', text: 'hello' };
  expect(parse(odd).providerMessageId).toBe(parse(odd).providerMessageId);
  expect(parse(odd).sentAt).toEqual(NOW);
});
