import fc from 'fast-check';
import type { EventBody, InboundEvent } from '../../src/channels/inbound';
import { eventBody } from '../../src/channels/inbound';
import { parseMessengerWebhook } from '../../src/channels/messenger/parse';
import { fixture, fixtureNames } from '../support/fixtures';

const PAGE = '100000000000101';
const PERSON = '7000000000000201';
const RECEIVED_AT = new Date('2026-03-01T12:00:00.000Z');
const SENT_AT = new Date(1772000000000);
const OUR_MID =
  'm_hYIn-UDiwYuf7dTIEciM8zbuIF1-vABqIzGJC_63dnD61VLNnSnPrLrvHxZTfQarX484OtUv-jAC1HL4t3ve3Q';

const parse = (body: unknown): InboundEvent[] => parseMessengerWebhook(body, RECEIVED_AT);
const parseOne = (event: unknown): InboundEvent => {
  const events = parse({ object: 'page', entry: [{ id: PAGE, messaging: [event] }] });
  expect(events).toHaveLength(1);
  return events[0]!;
};
const textEvent = (text: string, extra: object = {}) => ({
  sender: { id: PERSON },
  recipient: { id: PAGE },
  timestamp: SENT_AT.getTime(),
  message: { mid: `m_${text}`, text },
  ...extra,
});

describe('each captured body', () => {
  interface Expected {
    body: Partial<EventBody>;
    sentAt?: Date;
    hasOwnId: boolean;
  }
  const expected: Record<string, Expected> = {
    'message_text.json': { body: { kind: 'message', text: 'hello, world!' }, hasOwnId: true },
    'message_quick_reply.json': {
      body: { kind: 'message', text: 'Red', payload: 'PICK_COLOR:red' },
      hasOwnId: true,
    },
    'message_reply_to.json': {
      body: { kind: 'message', text: 'this one please', replyTo: OUR_MID },
      hasOwnId: true,
    },
    'message_attachment_image.json': {
      body: {
        kind: 'message',
        attachments: [
          { type: 'image', url: 'https://cdn.example.com/v/t1/photo.jpg?oh=abc&oe=def' },
        ],
      },
      hasOwnId: true,
    },
    'message_attachment_location.json': {
      body: {
        kind: 'message',
        attachments: [
          {
            type: 'location',
            title: 'Pinned Location',
            url: 'https://maps.example.com/?q=37.4847,-122.1486',
            latitude: 37.4847,
            longitude: -122.1486,
          },
        ],
      },
      hasOwnId: true,
    },
    'message_attachment_fallback.json': {
      body: {
        kind: 'message',
        text: 'This is where I want to go: https://youtu.example/bbo_fZAjIhg',
        attachments: [
          {
            type: 'link',
            title: 'TAHITI - Heaven on Earth',
            url: 'https://l.example.com/l.php?u=https%3A%2F%2Fyoutu.example%2Fbbo_fZAjIhg',
          },
        ],
      },
      hasOwnId: true,
    },
    'message_sticker_like.json': {
      body: {
        kind: 'message',
        attachments: [{ type: 'sticker', url: 'https://cdn.example.com/sticker/like.png' }],
      },
      hasOwnId: true,
    },
    'message_ads_referral.json': {
      body: { kind: 'message', text: 'Is this still available?', referral: 'spring_sale' },
      hasOwnId: true,
    },
    'postback_button.json': {
      body: { kind: 'message', text: 'Add to cart', payload: 'ADD_TO_CART:SKU-1001' },
      hasOwnId: true,
    },
    'postback_get_started_referral.json': {
      body: { kind: 'message', text: 'Get Started', payload: 'GET_STARTED', referral: 'poster-42' },
      hasOwnId: true,
    },
    'referral_m_me.json': {
      body: { kind: 'message', referral: 'product_SKU-1001' },
      hasOwnId: false,
    },
    'send_cart_order.json': {
      body: {
        kind: 'message',
        cart: [
          { sku: 'SKU-1001', quantity: 1 },
          { sku: 'SKU-1002', quantity: 2 },
        ],
        note: 'gift wrap please',
      },
      hasOwnId: false,
    },
    'message_echo.json': {
      body: {
        kind: 'echo',
        messageId: OUR_MID,
        text: 'Welcome! How can we help?',
        metadata: 'outbox:42',
        appId: '900000000000001',
      },
      sentAt: new Date(1772000000100),
      hasOwnId: true,
    },
    'delivery.json': {
      body: {
        kind: 'receipt',
        status: 'delivered',
        messageIds: [OUR_MID],
        upTo: new Date(1772000000800).toISOString(),
      },
      sentAt: new Date(1772000000900),
      hasOwnId: false,
    },
    'read.json': {
      body: { kind: 'receipt', status: 'read', upTo: new Date(1772000001800).toISOString() },
      sentAt: new Date(1772000001900),
      hasOwnId: false,
    },
    'reaction.json': { body: { kind: 'other', name: 'reaction' }, hasOwnId: false },
    'optin_notification_messages.json': {
      body: { kind: 'other', name: 'optin' },
      hasOwnId: false,
    },
    'handover_pass_thread_control.json': {
      body: { kind: 'other', name: 'pass_thread_control' },
      hasOwnId: false,
    },
    'standby_message.json': { body: { kind: 'other', name: 'standby' }, hasOwnId: false },
  };

  test('is in the table below', () => {
    expect(Object.keys(expected).sort()).toEqual(fixtureNames('messenger').sort());
  });

  test.each(Object.entries(expected))('%s means what the documentation says', (file, wanted) => {
    const body = fixture<{ entry: [{ messaging?: unknown[]; standby?: unknown[] }] }>(
      `messenger/${file}`,
    );
    const events = parse(body);
    expect(events).toHaveLength(1);
    const { providerMessageId, body: found, ...rest } = events[0]!;
    expect(rest).toEqual({
      channel: 'messenger',
      accountId: PAGE,
      externalId: PERSON,
      sentAt: wanted.sentAt ?? SENT_AT,
    });
    const [entry] = body.entry;
    const raw = (entry.messaging ?? entry.standby)![0] as Record<string, { mid: string }>;
    // JSON drops what is undefined, as the database does.
    expect(JSON.parse(JSON.stringify(found))).toEqual(
      wanted.body.kind === 'other' ? { ...wanted.body, raw } : wanted.body,
    );
    const mid = (raw.message ?? raw.postback)?.mid;
    if (wanted.hasOwnId) expect(providerMessageId).toBe(mid);
    else expect(providerMessageId).toMatch(/^event:[0-9a-f]{64}$/);
  });
});

describe('a batch', () => {
  test('gives the events of every entry in their order', () => {
    const events = parse({
      object: 'page',
      entry: [
        { id: 'page-1', messaging: [textEvent('a'), textEvent('b')] },
        { id: 'page-2', messaging: [textEvent('c')], standby: [textEvent('d')] },
        { id: 'page-3', changes: [{ field: 'feed', value: {} }] },
      ],
    });
    expect(
      events.map(({ accountId, body }) => [
        accountId,
        body.kind === 'message' ? body.text : body.kind === 'other' && body.name,
      ]),
    ).toEqual([
      ['page-1', 'a'],
      ['page-1', 'b'],
      ['page-2', 'c'],
      ['page-2', 'standby'],
      ['page-3', 'changes'],
    ]);
  });

  test.each([
    ['null', null],
    ['a number', 7],
    ['an array', []],
    ['an empty object', {}],
    ['a message that is a text', textEvent('x', { message: 'hello' })],
    ['a sender that is a list', textEvent('x', { sender: [1] })],
    ['a cart without products', textEvent('x', { message: undefined, order: {} })],
  ])('keeps its good neighbours when one item is %s', (_what, bad) => {
    const events = parse({
      object: 'page',
      entry: [{ id: PAGE, messaging: [textEvent('before'), bad, textEvent('after')] }],
    });
    expect(events.map(({ body }) => body.kind)).toEqual(['message', 'other', 'message']);
    expect(events[2]!.body).toMatchObject({ text: 'after' });
    // What was not understood is kept as it came.
    expect(events[1]!.body).toMatchObject({ raw: bad });
  });

  test('keeps its good neighbours when an entry is malformed', () => {
    const events = parse({
      object: 'page',
      entry: [null, { id: PAGE, messaging: 'nothing' }, { id: PAGE, messaging: [textEvent('c')] }],
    });
    expect(events.map(({ body }) => body.kind)).toEqual(['other', 'other', 'message']);
  });

  test('does not lose an entry because of its time, which nobody reads', () => {
    const events = parse({
      object: 'page',
      entry: [{ id: PAGE, time: '1772000000345', messaging: [textEvent('a')] }],
    });
    expect(events[0]!.body.kind).toBe('message');
  });
});

describe('what is not for the shop', () => {
  test.each(['user', 'whatsapp_business_account', '__proto__'])(
    'an object %s gives one event that starts no turn for each entry',
    (object) => {
      const events = parse({ object, entry: [{ id: '1' }, { id: '2' }] });
      expect(events.map(({ body }) => body)).toEqual([
        { kind: 'other', name: `object ${object}`, raw: { id: '1' } },
        { kind: 'other', name: `object ${object}`, raw: { id: '2' } },
      ]);
    },
  );

  test('a message of a thread that another app owns starts no turn', () => {
    const [event] = parse({
      object: 'page',
      entry: [{ id: PAGE, standby: [{ ...textEvent('a'), postback: { title: 'no payload' } }] }],
    });
    expect(event!.body).toMatchObject({ kind: 'other', name: 'standby' });
    expect(event!.externalId).toBe(PERSON);
  });

  test.each(['account_linking', 'policy_enforcement', 'message_edit', 'take_thread_control'])(
    '%s is counted under its name',
    (name) => {
      const { body } = parseOne({ recipient: { id: PAGE }, timestamp: 1, [name]: { mid: 'm_1' } });
      expect(body).toMatchObject({ kind: 'other', name });
    },
  );

  test('an event without a sender has nobody for a conversation', () => {
    expect(parseOne({ recipient: { id: PAGE }, message: { mid: 'm_1' } })).toMatchObject({
      externalId: '-',
      body: { kind: 'other' },
    });
  });
});

describe('ids', () => {
  test.each(['__proto__', 'constructor', '00123', 'a:b', '12345678901234567'])(
    'the opaque id %s stays as it is',
    (id) => {
      const event = { ...textEvent('a'), sender: { id } };
      const [found] = parse({ object: 'page', entry: [{ id, messaging: [event] }] });
      expect(found).toMatchObject({ accountId: id, externalId: id, body: { kind: 'message' } });
    },
  );

  test('a number that JSON keeps exactly is taken as an id', () => {
    expect(parseOne(textEvent('a', { sender: { id: 7000000000000201 } })).externalId).toBe(PERSON);
  });

  test('a number of 17 digits is nobody, since JSON has rounded it to the id of somebody else', () => {
    const found = parse(
      JSON.parse(
        `{"object":"page","entry":[{"id":"${PAGE}","messaging":[{"sender":{"id":12345678901234567},"message":{"mid":"m_1","text":"a"}}]}]}`,
      ),
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ externalId: '-', body: { kind: 'other', name: 'malformed' } });
  });

  test('ids that are longer than their columns are replaced by short ones that stay different', () => {
    const long = (end: string) => ({
      object: 'page',
      entry: [
        {
          id: 'p'.repeat(500) + end,
          messaging: [
            {
              sender: { id: 's'.repeat(500) + end },
              message: { mid: 'm'.repeat(500) + end, text: 'a' },
            },
          ],
        },
      ],
    });
    const [[a], [b], [again]] = [parse(long('1')), parse(long('2')), parse(long('1'))];
    expect(again).toEqual(a);
    for (const key of ['accountId', 'externalId', 'providerMessageId'] as const) {
      expect(a![key].length).toBeLessThanOrEqual(64);
      expect(a![key]).not.toBe(b![key]);
    }
  });

  const postback = (payload: string, timestamp = 1772000000000) => ({
    sender: { id: PERSON },
    recipient: { id: PAGE },
    timestamp,
    postback: { title: 'Add to cart', payload },
  });
  const idOf = (event: unknown) => parseOne(event).providerMessageId;

  test('a postback without mid has the same id when it is sent again', () => {
    expect(idOf(postback('A'))).toBe(idOf(postback('A')));
  });

  test('a postback without mid has another id with another payload, time or sender', () => {
    const others = [
      postback('B'),
      postback('A', 1772000000001),
      { ...postback('A'), sender: { id: 'somebody else' } },
    ];
    const ids = [postback('A'), ...others].map(idOf);
    expect(new Set(ids).size).toBe(4);
  });

  test('an event without mid has an id from its body', () => {
    const read = (watermark: number) => ({ sender: { id: PERSON }, read: { watermark } });
    expect(idOf(read(1772000000000))).toBe(idOf(read(1772000000000)));
    expect(idOf(read(1772000000000))).not.toBe(idOf(read(1772000000001)));
  });
});

describe('times', () => {
  test.each([
    ['none', undefined],
    ['zero', 0],
    ['before the epoch', -1],
    ['seconds instead of milliseconds', 1772000000],
    ['a text', '1772000000000'],
    ['null', null],
    ['two days from now', RECEIVED_AT.getTime() + 2 * 86_400_000],
    ['no date at all', 1e300],
  ])(
    'a message with an absurd time (%s) is taken as sent when it was received',
    (_what, timestamp) => {
      const event = parseOne({ ...textEvent('a'), timestamp });
      expect(event).toMatchObject({ sentAt: RECEIVED_AT, body: { kind: 'message', text: 'a' } });
    },
  );

  test.each([-1, 0, 1e15, 1e300])('a receipt up to %d names no instant', (watermark) => {
    const { body } = parseOne({ sender: { id: PERSON }, read: { watermark } });
    expect(body).toMatchObject({ kind: 'receipt', status: 'read', upTo: undefined });
  });
});

describe('any JSON', () => {
  const idLike = fc.oneof(
    fc.string(),
    fc.constantFrom('__proto__', PERSON, ''),
    fc.integer(),
    fc.jsonValue(),
  );
  const maybe = <T>(shape: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 4, arbitrary: shape }, fc.jsonValue());
  const messaging = fc.record(
    {
      sender: maybe(fc.record({ id: idLike })),
      recipient: maybe(fc.record({ id: idLike })),
      timestamp: fc.oneof(fc.double(), fc.jsonValue()),
      message: maybe(
        fc.record(
          {
            mid: maybe(fc.string()),
            text: maybe(fc.string()),
            is_echo: maybe(fc.boolean()),
            attachments: maybe(fc.array(fc.jsonValue())),
            quick_reply: maybe(fc.record({ payload: idLike })),
          },
          { requiredKeys: [] },
        ),
      ),
      postback: fc.jsonValue(),
      read: maybe(fc.record({ watermark: fc.double() })),
      order: maybe(
        fc.record({
          products: fc.array(fc.record({ retailer_id: idLike, quantity: fc.jsonValue() })),
        }),
      ),
    },
    { requiredKeys: [] },
  );

  const isSound = ({ accountId, externalId, providerMessageId, sentAt, body }: InboundEvent) => {
    expect(accountId).not.toBe('');
    expect(accountId.length).toBeLessThanOrEqual(64);
    expect(externalId).not.toBe('');
    expect(externalId.length).toBeLessThanOrEqual(160);
    expect(providerMessageId).not.toBe('');
    expect(providerMessageId.length).toBeLessThanOrEqual(191);
    expect(sentAt.getTime()).toBeGreaterThan(0);
    expect(sentAt.getFullYear()).toBeLessThan(2100);
    expect(eventBody.safeParse(body).success).toBe(true);
  };

  test('is parsed without an exception into events that fit the database', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        const events = parse(body);
        events.forEach(isSound);
        expect(events.length).toBeGreaterThan(0);
      }),
    );
  });

  test('that looks like a webhook gives one event for each element of its arrays', () => {
    const arrayOf = fc.array(maybe(messaging), { maxLength: 4 });
    const entry = fc.record(
      { messaging: arrayOf, standby: arrayOf, changes: fc.array(fc.jsonValue(), { maxLength: 3 }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), (entries) => {
        const body = { object: 'page', entry: entries.map((one) => ({ id: PAGE, ...one })) };
        const events = parse(JSON.parse(JSON.stringify(body)));
        events.forEach(isSound);
        const elements = entries.flatMap((one) => [
          ...(one.messaging ?? []),
          ...(one.standby ?? []),
          ...(one.changes ?? []),
        ]);
        expect(events).toHaveLength(elements.length);
      }),
      { numRuns: 300 },
    );
  });
});
