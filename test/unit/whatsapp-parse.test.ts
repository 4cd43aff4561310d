import fc from 'fast-check';
import { isSignedBy } from '../../src/channels/messenger/signature';
import { parseWhatsAppWebhook } from '../../src/channels/whatsapp/parse';
import type { InboundEvent } from '../../src/channels/inbound';
import { fixture, fixtureBytes, fixtureNames } from '../support/fixtures';

const NOW = new Date('2026-03-01T00:00:00Z');

interface Body {
  entry: { changes: { field: string; value: Record<string, Record<string, unknown>[]> }[] }[];
}
const parse = (body: unknown): InboundEvent[] => parseWhatsAppWebhook(body, NOW);
const captured = (name: string): Body => fixture<Body>(`whatsapp_cloud/${name}.json`);
const only = (body: unknown): InboundEvent => {
  const events = parse(body);
  expect(events).toHaveLength(1);
  return events[0]!;
};
/** The captured text with something else in its message. */
function withMessage(message: Record<string, unknown>): InboundEvent {
  const body = captured('message_text');
  const [given] = body.entry[0]!.changes[0]!.value.messages!;
  body.entry[0]!.changes[0]!.value.messages = [{ ...given, ...message }];
  return only(body);
}

const { app_secret: secret, signatures } = fixture<{
  app_secret: string;
  signatures: Record<string, string>;
}>('whatsapp_cloud/_signatures.json');

test.each(fixtureNames('whatsapp_cloud'))('the signature of %s holds over its bytes', (file) => {
  const bytes = fixtureBytes(`whatsapp_cloud/${file}`);
  expect(isSignedBy(secret, bytes, signatures[file])).toBe(true);
});

test.each<[string, object]>([
  ['message_text', { text: 'Does it come in another color?' }],
  ['message_text_bsuid_both', { text: 'Hi again', phone: '+15550002222' }],
  ['message_text_username_only', { text: 'Hi, no phone number here', phone: undefined }],
  ['message_text_ctwa_referral', { referral: '120000000000000901' }],
  [
    'message_text_product_inquiry',
    { text: 'Is this available?', payload: 'SHOW_PRODUCT:SKU-1001' },
  ],
  ['interactive_button_reply', { text: 'Cancel', payload: 'cancel-button' }],
  ['interactive_list_reply', { text: 'Priority Mail Express', payload: 'priority_express' }],
  ['button_template_quick_reply', { text: 'Unsubscribe', payload: 'Unsubscribe' }],
  [
    'message_image',
    { text: 'Taj Mahal', attachments: [{ type: 'image', mediaId: '1000000000001001' }] },
  ],
  [
    'message_location',
    {
      attachments: [
        {
          type: 'location',
          title: 'Philz Coffee',
          latitude: 37.44221496582,
          longitude: -122.16165924072,
        },
      ],
    },
  ],
  [
    'message_order',
    {
      cart: [
        { sku: 'SKU-1001', quantity: 2 },
        { sku: 'SKU-1002', quantity: 1 },
      ],
      note: undefined,
    },
  ],
  ['message_unsupported', { attachments: [{ type: 'other' }] }],
])('%s is a message', (name, body) => {
  const event = only(captured(name));
  expect(event).toMatchObject({
    channel: 'whatsapp',
    accountId: '200000000000601',
    sentAt: new Date(1772000000000),
  });
  expect(event.providerMessageId).toMatch(/^wamid\./);
  expect(event.body).toMatchObject({ kind: 'message', profileName: 'Sheena Nelson', ...body });
});

test.each([
  ['message_text', '+15550002222'],
  ['message_text_bsuid_both', 'US.10000000000000000701'],
  ['message_text_username_only', 'US.10000000000000000701'],
])('the person of %s is %s', (name, person) => {
  expect(only(captured(name)).externalId).toBe(person);
});

test.each([
  ['message_reaction', 'reaction'],
  ['interactive_nfm_reply', 'interactive'],
])('%s is kept and starts no turn', (file, name) => {
  expect(only(captured(file)).body).toMatchObject({ kind: 'other', name });
});

test('system_user_changed_number says by which number the person goes from now on', () => {
  const event = only(captured('system_user_changed_number'));
  expect(event.externalId).toBe('+15550002222');
  expect(event.body).toEqual({ kind: 'moved', externalId: '+15550003333', phone: '+15550003333' });
});

test.each<[string, object]>([
  ['status_sent', { status: 'sent', outgoingId: 42 }],
  ['status_delivered', { status: 'delivered', outgoingId: 42 }],
  ['status_read', { status: 'read', outgoingId: 42 }],
  ['status_failed_131047', { status: 'failed', errorCode: '131047', outgoingId: undefined }],
])('%s is a receipt', (name, body) => {
  const event = only(captured(name));
  expect(event.externalId).toBe('+15550002222');
  expect(event.body).toMatchObject({
    kind: 'receipt',
    messageIds: [expect.stringMatching(/^wamid/)],
    ...body,
  });
});

test('each state of a message is an event of its own', () => {
  const ids = ['sent', 'delivered', 'read'].map(
    (name) => only(captured(`status_${name}`)).providerMessageId,
  );
  expect(new Set(ids).size).toBe(3);
});

describe('variations', () => {
  test.each<[string, Record<string, unknown>, object]>([
    [
      'a voice message',
      { type: 'audio', audio: { id: '1', voice: true } },
      { attachments: [{ type: 'audio', mediaId: '1' }] },
    ],
    [
      'a video',
      { type: 'video', video: { id: '2', caption: 'see' } },
      { text: 'see', attachments: [{ type: 'video' }] },
    ],
    [
      'a document',
      { type: 'document', document: { id: '3', filename: 'a.pdf' } },
      { attachments: [{ type: 'file', title: 'a.pdf' }] },
    ],
    [
      'a sticker',
      { type: 'sticker', sticker: { id: '4', animated: true } },
      { attachments: [{ type: 'sticker' }] },
    ],
    ['a contact', { type: 'contacts', contacts: [{}] }, { attachments: [{ type: 'other' }] }],
    ['the first opening of the chat', { type: 'request_welcome' }, { referral: '' }],
    [
      'a place without a name',
      { type: 'location', location: { latitude: '14.5', longitude: '121' } },
      { attachments: [{ latitude: 14.5, longitude: 121 }] },
    ],
    [
      'an order with numbers as strings and a note',
      {
        type: 'order',
        order: {
          text: 'gift',
          product_items: [{ product_retailer_id: 'A', quantity: '3', item_price: '1' }],
        },
      },
      { cart: [{ sku: 'A', quantity: 3 }], note: 'gift' },
    ],
    [
      'a forwarded text',
      { context: { forwarded: true } },
      { text: 'Does it come in another color?', replyTo: undefined },
    ],
    ['an answer to a message', { context: { from: '1', id: 'wamid.X' } }, { replyTo: 'wamid.X' }],
  ])('%s', (_, message, body) => {
    expect(withMessage(message).body).toMatchObject({ kind: 'message', ...body });
  });

  test.each(['unknown', 'poll', 'constructor', '__proto__'])('the type %s is kept', (type) => {
    expect(withMessage({ type }).body).toMatchObject({ kind: 'other' });
  });

  test('a message of nobody is kept as malformed', () => {
    expect(withMessage({ from: undefined }).body).toMatchObject({
      kind: 'other',
      name: 'malformed',
    });
  });

  test.each([undefined, 'soon', '0', '99999999999999'])(
    'with the time %j it is of when it came',
    (timestamp) => {
      expect(withMessage({ timestamp }).sentAt).toEqual(NOW);
    },
  );

  test('a message that comes a week late is of when it was written', () => {
    expect(withMessage({ timestamp: '1771700000' }).sentAt).toEqual(new Date(1771700000000));
  });

  test.each(['message_template_status_update', 'smb_message_echoes', 'history', 'calls'])(
    'the field %s is kept',
    (field) => {
      const body = captured('message_text');
      body.entry[0]!.changes[0]!.field = field;
      expect(only(body).body).toMatchObject({ kind: 'other', name: field });
    },
  );

  test('one odd item does not hide its neighbours', () => {
    const body = captured('message_text');
    const { value } = body.entry[0]!.changes[0]!;
    value.messages = [null as never, ...value.messages!, { id: 1 }];
    value.statuses = [{ id: 'x', status: 'odd' }];
    value.errors = [{ code: 131000 }];
    expect(parse(body).map((event) => event.body.kind)).toEqual([
      'other',
      'message',
      'other',
      'other',
      'other',
    ]);
  });

  test('a played voice message was read', () => {
    const body = captured('status_read');
    body.entry[0]!.changes[0]!.value.statuses![0]!.status = 'played';
    expect(only(body).body).toMatchObject({ kind: 'receipt', status: 'read' });
  });
});

test('no body makes it throw', () => {
  const bodies = fixtureNames('whatsapp_cloud').map((file) => fixture(`whatsapp_cloud/${file}`));
  fc.assert(fc.property(fc.anything(), (body) => void parse(body)));
  fc.assert(
    fc.property(
      fc.constantFrom(...bodies),
      fc.jsonValue(),
      fc.integer({ min: 0, max: 400 }),
      (body, odd, at) => {
        const keys = [...JSON.stringify(body).matchAll(/"(\w+)":/g)].map(([, key]) => key!);
        const key = keys[at % keys.length];
        parse(
          JSON.parse(JSON.stringify(body), (name, value: unknown) => (name === key ? odd : value)),
        );
      },
    ),
    { numRuns: 500 },
  );
});
