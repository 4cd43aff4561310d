import { consentWord } from '../../src/channels/consent-words';

test.each([
  'STOP',
  ' Stop ',
  'stop.',
  'StopAll',
  'stop all',
  'UNSUBSCRIBE',
  'Revoke',
  'OPTOUT',
  'opt out',
  'Itigil',
  'tigil',
])('%j ends the messages on SMS and on WhatsApp', (text) => {
  expect(consentWord('sms', text, false)).toBe('stop');
  expect(consentWord('whatsapp', text, false)).toBe('stop');
});

test.each(['CANCEL', 'end', 'Quit'])(
  '%j does so on SMS only, where the carrier hears it, too',
  (text) => {
    expect(consentWord('sms', text, false)).toBe('stop');
    expect(consentWord('whatsapp', text, false)).toBeUndefined();
  },
);

test.each(['START', 'unstop', 'Subscribe', 'opt in'])('%j begins them', (text) => {
  expect(consentWord('sms', text, false)).toBe('start');
  expect(consentWord('sms', text, true)).toBe('start');
});

test.each(['yes', 'oo', 'ituloy'])('%j begins them only for who has ended them', (text) => {
  expect(consentWord('sms', text, false)).toBeUndefined();
  expect(consentWord('sms', text, true)).toBe('start');
});

test.each(['help', 'INFO', 'Tulong'])('%j asks for help', (text) => {
  expect(consentWord('sms', text, false)).toBe('help');
});

test.each([
  '',
  'stop it',
  'please do not stop',
  'cancel order',
  'start over',
  'the end',
  'bus stop mug',
  '1',
])('%j is a message like any other', (text) =>
  expect(consentWord('sms', text, false)).toBeUndefined(),
);
