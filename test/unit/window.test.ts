import { inWindow, isTemplate, windowOf, windowStart } from '../../src/outgoing/window';

const now = new Date('2026-05-02T12:00:00Z');
const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
const CLOUD = '200000000000601';
const TWILIO = '+15005550006';

test.each([
  ['messenger', 'page', 23.9, 'open'],
  ['messenger', 'page', 24, 'person'],
  ['messenger', 'page', 24 * 7 - 0.1, 'person'],
  ['messenger', 'page', 24 * 7, 'closed'],
  ['instagram', 'account', 25, 'person'],
  ['whatsapp', CLOUD, 23.9, 'open'],
  ['whatsapp', CLOUD, 24, 'closed'],
  ['whatsapp', TWILIO, 25, 'closed'],
  ['whatsapp', 'web-1', 1_000, 'open'],
  ['sms', TWILIO, 1_000, 'open'],
  ['web', 'web', 1_000, 'open'],
  ['email', 'shop@shop.example', 1_000, 'open'],
] as const)('%s (%s) %d hours after the last message: %s', (channel, accountId, hours, window) => {
  expect(windowOf({ channel, accountId }, ago(hours), now)).toBe(window);
});

test('where no message is known the platform decides', () => {
  expect(windowOf({ channel: 'whatsapp', accountId: CLOUD }, null, now)).toBe('open');
});

const text = { messaging_type: 'RESPONSE', message: { text: 'Hello' } };
const templates = [
  { messaging_type: 'UTILITY', message: { template: { name: 'order_update' } } },
  { type: 'template', template: { name: 'order_update' } },
  { contentSid: 'HX1', contentVariables: '{}' },
];

test.each(templates)('a template goes at any time: %j', (template) => {
  expect(isTemplate(template)).toBe(true);
  for (const window of ['open', 'person', 'closed'] as const)
    expect(inWindow(template, window, 'bot')).toBe(template);
});

test("the bot's words go inside the window only", () => {
  expect(inWindow(text, 'open', 'bot')).toBe(text);
  expect(inWindow(text, 'person', 'bot')).toBeNull();
  expect(inWindow(text, 'closed', 'bot')).toBeNull();
});

test("a person's own words go for seven days, with the tag that says so", () => {
  expect(inWindow(text, 'person', 'person')).toEqual({
    messaging_type: 'MESSAGE_TAG',
    tag: 'HUMAN_AGENT',
    message: { text: 'Hello' },
  });
  expect(inWindow(text, 'open', 'person')).toBe(text);
  expect(inWindow(text, 'closed', 'person')).toBeNull();
});

test.each([
  ['just now', 0, 'open'],
  ['six days late', 6 * 24, 'closed'],
  ['older than any delivery can be', 8 * 24, 'open'],
] as const)('a message that comes %s leaves the window %s', (_when, hours, window) => {
  const start = windowStart({ sentAt: ago(hours), receivedAt: now });
  expect(windowOf({ channel: 'whatsapp', accountId: CLOUD }, start, now)).toBe(window);
});
