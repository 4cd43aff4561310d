import { readdirSync } from 'node:fs';
import path from 'node:path';
import { eventBody } from '../../src/channels/inbound';
import { ACCOUNT, watchLibrary, type WatchedLibrary } from '../support/whatsapp-web/client';

const PERSON = '+15550002222';
const OWN_ID = 'true_15550002222@c.us_3EB08F14E45FCEEA167A5A';
let library: WatchedLibrary;
beforeEach(() => (library = watchLibrary()));

const bodies = () => library.events().map(({ body }) => body);
const only = () => {
  expect(library.events()).toHaveLength(1);
  return library.events()[0]!;
};

it('a text is a message of the number that wrote it', async () => {
  await library.play('message_chat');
  expect(only()).toEqual({
    channel: 'whatsapp',
    accountId: ACCOUNT,
    externalId: PERSON,
    providerMessageId: 'false_15550002222@c.us_3EB0C4CA4238A0B923820D',
    sentAt: new Date(1772000000 * 1000),
    body: {
      kind: 'message',
      text: 'hi, is the blue mug in stock?',
      profileName: 'Sheena Nelson',
    },
  });
});

it('a person whose number is hidden is known by the id, with the number where WhatsApp tells it', async () => {
  library.client.getContactLidAndPhone = (ids) =>
    Promise.resolve(ids.map((lid) => ({ lid, pn: '15550003333@c.us' })));
  await library.play('message_chat_lid_sender');
  expect(only()).toMatchObject({
    externalId: '100000000000701@lid',
    body: { text: 'hello', phone: '+15550003333' },
  });
});

it('a hidden number that cannot be found out holds nothing up', async () => {
  await library.play('message_chat_lid_sender');
  expect(only().body).toEqual({ kind: 'message', text: 'hello', profileName: 'Sheena Nelson' });
});

it('taps on old buttons and lists carry their value', async () => {
  await library.play('message_buttons_response');
  await library.play('message_list_response');
  expect(bodies()).toMatchObject([
    { text: 'Yes', payload: 'confirm-42' },
    { text: 'Priority Mail Express', payload: 'priority_express' },
  ]);
});

it('a location and a picture with its words arrive', async () => {
  await library.play('message_location');
  await library.play('message_image');
  expect(bodies()).toMatchObject([
    {
      attachments: [
        { type: 'location', latitude: 37.44221, longitude: -122.16165, title: 'Philz Coffee' },
      ],
    },
    {
      text: 'look',
      attachments: [{ type: 'image', mediaId: 'false_15550002222@c.us_3EB0ECCBC87E4B5CE2FE28' }],
    },
  ]);
});

it('a cart whose products cannot be read is something to ask about', async () => {
  await library.play('message_order');
  expect(bodies()).toMatchObject([{ kind: 'message', attachments: [{ type: 'other' }] }]);
});

it('acknowledgements are receipts, each state once, whatever the library repeats', async () => {
  await library.play('message_ack_delivered');
  await library.play('message_ack_read');
  await library.play('message_ack_read');
  const events = library.events();
  expect(events.map(({ body }) => body)).toMatchObject([
    { kind: 'receipt', status: 'delivered', messageIds: [OWN_ID] },
    { kind: 'receipt', status: 'read', messageIds: [OWN_ID] },
    { kind: 'receipt', status: 'read', messageIds: [OWN_ID] },
  ]);
  expect(new Set(events.map(({ providerMessageId }) => providerMessageId)).size).toBe(2);
  expect(events[0]).toMatchObject({ externalId: PERSON });
});

it.each([
  [-1, 'failed'],
  [0, undefined],
  [1, 'sent'],
  [4, 'read'],
])('the acknowledgement %i is told as %s', async (ack, status) => {
  await library.emit('message_ack', own(), ack);
  expect(bodies()).toMatchObject(status ? [{ kind: 'receipt', status }] : []);
});

it('what is written on the phone is an echo of a person', async () => {
  await library.play('message_create_own');
  expect(only()).toMatchObject({
    externalId: PERSON,
    providerMessageId: OWN_ID,
    body: { kind: 'echo', messageId: OWN_ID, text: 'Thanks for your order' },
  });
});

it('what the bot sends is no echo, though the library tells of it before it answers, and its receipts name our row', async () => {
  const before: Promise<void>[] = [];
  library.client.sendMessage = (() => {
    before.push(library.play('message_create_own'), library.emit('message_ack', own(), 1));
    return Promise.resolve({ id: { _serialized: OWN_ID } });
  }) as never;
  const order = { chatId: '15550002222@c.us', text: 'Thanks for your order', outgoingId: 42 };
  expect(await library.watched.send(order, Infinity)).toEqual({ ok: true, id: OWN_ID });
  await Promise.all(before);
  expect(bodies()).toMatchObject([{ kind: 'receipt', status: 'sent', outgoingId: 42 }]);
});

it('a message that is taken back is erased, after it has come', async () => {
  await library.emit('message', incoming({ id: idOf('A') }));
  await library.emit('message_revoke_everyone', incoming({ id: idOf('A'), type: 'revoked' }), null);
  const [message, erasure] = library.events();
  expect(erasure).toMatchObject({
    externalId: PERSON,
    body: { kind: 'erasure', messageId: message!.providerMessageId },
  });
});

it.each([
  ['a group', { from: '120363000000000000@g.us', author: '15550002222@c.us' }],
  ['a status', { from: 'status@broadcast', isStatusV3: true }],
  ['a newsletter', { from: '120363000000000000@newsletter' }],
  ['a note to oneself', { from: '15550001111@c.us' }],
  ['our own side', { id: { ...idOf('B'), fromMe: true } }],
])('%s is nobody’s conversation', async (_what, fields) => {
  await library.play('message_chat', fields);
  expect(library.events()).toEqual([]);
});

it.each(['call_log', 'e2e_notification', 'a_kind_of_tomorrow'])(
  '%s is kept and counted, and answered by nothing',
  async (type) => {
    await library.emit('message', incoming({ id: idOf('C'), type }));
    expect(only().body).toMatchObject({ kind: 'other', name: type });
  },
);

it('nonsense of the page is kept as it is, and can be read again', async () => {
  const nonsense = { id: idOf('D'), type: 'location', lat: 'north', lng: null };
  await library.emit('message', incoming(nonsense));
  const { body } = only();
  expect(body.kind).toBe('other');
  expect(eventBody.safeParse(JSON.parse(JSON.stringify(body))).success).toBe(true);
});

it('states are told: the code, the login, and why it has ended', async () => {
  for (const name of ['qr', 'ready', 'auth_failure', 'disconnected_logout'])
    await library.play(name);
  expect(library.news).toEqual([
    { kind: 'qr', qr: '2@FIXTUREQR,FIXTURE,FIXTURE==' },
    { kind: 'ready', phone: null },
    { kind: 'closed', reason: 'Auth timeout' },
    { kind: 'closed', reason: 'LOGOUT' },
  ]);
});

it('a chat that does not exist, a failure, and an order that came too late are outcomes', async () => {
  const order = { chatId: '15550002222@c.us', text: 'hello', outgoingId: 1 };
  const { client, watched } = library;
  client.sendMessage = () => Promise.resolve(undefined as never);
  expect(await watched.send(order, Infinity)).toMatchObject({ ok: false, why: 'no_chat' });
  client.sendMessage = () => Promise.resolve(null as never);
  expect(await watched.send(order, Infinity)).toMatchObject({ ok: false, why: 'no_chat' });
  client.sendMessage = () => Promise.reject(new Error('Target closed'));
  expect(await watched.send(order, Infinity)).toEqual({
    ok: false,
    why: 'failed',
    message: 'Target closed',
  });
  expect(await watched.send(order, 0)).toMatchObject({ ok: false, why: 'not_begun' });
});

it('every captured event is understood', async () => {
  const folder = path.join(__dirname, '..', 'fixtures', 'whatsapp_web');
  const names = readdirSync(folder).map((file) => file.replace('.json', ''));
  for (const name of names) await library.play(name);
  expect(library.news).toHaveLength(names.length);
  expect(library.news.filter(({ kind }) => kind === 'fault')).toEqual([]);
  expect(library.events().filter(({ body }) => body.kind === 'other')).toEqual([]);
});

function idOf(id: string): Record<string, unknown> {
  const remote = '15550002222@c.us';
  return { fromMe: false, remote, id, _serialized: `false_${remote}_${id}` };
}
const incoming = (fields: Record<string, unknown>) => ({
  type: 'chat',
  body: 'hello',
  t: 1772000000,
  from: '15550002222@c.us',
  to: '15550001111@c.us',
  ...fields,
});
function own(): Record<string, unknown> {
  return {
    ...incoming({ from: '15550001111@c.us', to: '15550002222@c.us' }),
    id: { fromMe: true, remote: '15550002222@c.us', id: 'X', _serialized: OWN_ID },
  };
}
