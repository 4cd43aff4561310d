import fc from 'fast-check';
import { parseTwilioMessage, parseTwilioStatus } from '../../src/channels/twilio/parse';
import type { Form } from '../../src/channels/twilio/signature';
import type { InboundEvent } from '../../src/channels/inbound';
import { fixture } from '../support/fixtures';

const NOW = new Date('2026-03-01T00:00:00Z');
const NUMBER = '+15005550006';
const PERSON = '+15550002222';

interface Captured {
  url: string;
  params: Record<string, string>;
}
const captured = (file: string): Captured => fixture<Captured>(file);
const message = (file: string, changed: Form = {}): InboundEvent =>
  parseTwilioMessage({ ...captured(file).params, ...changed }, NOW);
const status = (file: string, changed: Form = {}): InboundEvent => {
  const { url, params } = captured(file);
  return parseTwilioStatus(
    { ...params, ...changed },
    new URL(url).searchParams.get('outbox') ?? undefined,
    NOW,
  );
};

const sms = { channel: 'sms', accountId: NUMBER, externalId: PERSON, sentAt: NOW };
const whatsapp = { ...sms, channel: 'whatsapp' };

describe('an SMS that came in', () => {
  test.each<[string, object]>([
    ['inbound_text', { text: 'Where is my order 42?' }],
    ['inbound_stop', { text: 'STOP', carrierKeyword: 'STOP' }],
    ['inbound_start', { text: 'START', carrierKeyword: 'START' }],
    ['inbound_help', { text: 'HELP', carrierKeyword: 'HELP' }],
    ['inbound_stop_without_opt_out_type', { text: ' Stop ', carrierKeyword: undefined }],
    ['inbound_unicode_multi_segment', { text: expect.stringMatching(/^Olá! 🙂/) as string }],
    [
      'inbound_mms_image',
      {
        text: undefined,
        attachments: [{ type: 'image', url: expect.stringMatching(/^https:/) as string }],
      },
    ],
  ])('%s', (file, body) => {
    const event = message(`twilio_sms/${file}.json`);
    expect(event).toMatchObject(sms);
    expect(event.providerMessageId).toBe(captured(`twilio_sms/${file}.json`).params.MessageSid);
    expect(event.body).toMatchObject({ kind: 'message', ...body });
  });
});

describe('a WhatsApp message that came in', () => {
  test.each<[string, object]>([
    ['inbound_text', { text: expect.any(String) as string, profileName: 'Sheena Nelson' }],
    ['inbound_quick_reply_button', { text: 'Yes, confirm', payload: 'CONFIRM_ORDER:42' }],
    ['inbound_list_reply', { text: 'Priority Mail Express', payload: 'priority_express' }],
    ['inbound_ctwa_referral', { text: 'I saw your ad', referral: '120000000000000901' }],
    ['inbound_reply_to', { replyTo: 'SM10d3a1a927de0f104b0c6818109534db' }],
    ['inbound_image', { text: 'look at this', attachments: [{ type: 'image' }] }],
    [
      'inbound_location',
      {
        attachments: [
          { type: 'location', latitude: 37.7879277, longitude: -122.3937508, title: 'Office' },
        ],
      },
    ],
  ])('%s', (file, body) => {
    const event = message(`twilio_whatsapp/${file}.json`);
    expect(event).toMatchObject(whatsapp);
    expect(event.body).toMatchObject({ kind: 'message', ...body });
  });
});

describe('what became of a message of ours', () => {
  test.each<[string, object]>([
    ['twilio_sms/status_sent', { status: 'sent', outgoingId: 42 }],
    ['twilio_sms/status_delivered', { status: 'delivered', outgoingId: 42 }],
    ['twilio_sms/status_failed_30007', { status: 'failed', errorCode: '30007', outgoingId: 42 }],
    [
      'twilio_sms/status_undelivered_30003',
      { status: 'failed', errorCode: '30003', outgoingId: 42 },
    ],
    ['twilio_whatsapp/status_delivered', { status: 'delivered' }],
    ['twilio_whatsapp/status_read', { status: 'read' }],
    ['twilio_whatsapp/status_failed_63016', { status: 'failed', errorCode: '63016' }],
  ])('%s', (file, body) => {
    const event = status(`${file}.json`);
    expect(event).toMatchObject(file.startsWith('twilio_sms') ? sms : whatsapp);
    const sid = captured(`${file}.json`).params.MessageSid;
    expect(event.body).toMatchObject({ kind: 'receipt', messageIds: [sid], ...body });
  });

  test.each([
    'queued',
    'accepted',
    'scheduled',
    'sending',
    'receiving',
    'received',
    'new',
    'constructor',
    '',
  ])('the state %j is kept and changes nothing', (name) => {
    const { body } = status('twilio_sms/status_sent.json', {
      MessageStatus: name,
      SmsStatus: name,
    });
    expect(body).toMatchObject({ kind: 'other' });
  });

  test.each([
    ['canceled', 'failed'],
    ['partially_delivered', 'delivered'],
    ['undelivered', 'failed'],
  ])('%s counts as %s', (name, counted) => {
    expect(status('twilio_sms/status_sent.json', { MessageStatus: name }).body).toMatchObject({
      status: counted,
    });
  });

  test('each state of a message is an event of its own, and its repeat is the same one', () => {
    const sent = status('twilio_sms/status_sent.json');
    const delivered = status('twilio_sms/status_delivered.json');
    expect(sent.providerMessageId).not.toBe(delivered.providerMessageId);
    expect(status('twilio_sms/status_sent.json').providerMessageId).toBe(sent.providerMessageId);
  });

  test.each(['1e3', '-1', '4 2', ['42'], undefined, '9'.repeat(30)])(
    'the mark %j is none of ours',
    (mark) => {
      const { params } = captured('twilio_sms/status_sent.json');
      expect(parseTwilioStatus(params, mark, NOW).body).toMatchObject({
        kind: 'receipt',
        outgoingId: undefined,
      });
    },
  );
});

test('a form without sender or id is kept as malformed', () => {
  for (const lacking of ['From', 'MessageSid']) {
    const event = message('twilio_sms/inbound_text.json', {
      [lacking]: '',
      SmsSid: '',
      SmsMessageSid: '',
    });
    expect(event.body).toMatchObject({ kind: 'other', name: 'malformed' });
  }
});

test('of a field that comes twice the first one counts', () => {
  expect(message('twilio_sms/inbound_text.json', { Body: ['one', 'two'] }).body).toMatchObject({
    text: 'one',
  });
});

test('no form makes it throw, nor an id that does not fit into its column', () => {
  const field = fc.oneof(
    fc.string(),
    fc.array(fc.string(), { maxLength: 2 }),
    fc.constant('x'.repeat(500)),
  );
  const names = [
    ...Object.keys(captured('twilio_whatsapp/inbound_location.json').params),
    'MediaUrl0',
    '__proto__',
  ];
  const form = fc.dictionary(fc.constantFrom(...names), field);
  fc.assert(
    fc.property(form, fc.anything(), (given, mark) => {
      for (const event of [parseTwilioMessage(given, NOW), parseTwilioStatus(given, mark, NOW)]) {
        expect(event.providerMessageId.length).toBeLessThanOrEqual(191);
        expect(event.accountId.length).toBeLessThanOrEqual(64);
        expect(event.externalId.length).toBeLessThanOrEqual(160);
        expect(event.externalId).not.toBe('');
      }
    }),
  );
});
