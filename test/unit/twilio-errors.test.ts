import type { ErrorClass } from '../../src/channels/channel';
import { classifyTwilioError } from '../../src/channels/sms/errors';
import { fixture } from '../support/fixtures';

/** Those who cannot get an SMS are told on another channel; for this one they are final. */
const table: [number, string, ErrorClass][] = [
  [20429, 'too many requests', 'retry'],
  [14107, 'rate limit', 'retry'],
  [30001, 'queue overflow', 'retry'],
  [30003, 'the handset is not reachable', 'retry'],
  [30008, 'unknown', 'retry'],
  [63018, 'rate limit of WhatsApp', 'retry'],
  [20003, 'the token is wrong', 'configuration'],
  [20404, 'the account does not exist', 'configuration'],
  [20005, 'the account is not active', 'configuration'],
  [21408, 'the region is not permitted', 'configuration'],
  [21606, 'the sender is not ours', 'configuration'],
  [21612, 'no route from this sender', 'configuration'],
  [21659, 'the sender is no number of Twilio', 'configuration'],
  [30002, 'the account is suspended', 'configuration'],
  [30007, 'filtered by the carrier', 'configuration'],
  [30034, 'the sender is not registered', 'configuration'],
  [21610, 'the person has said stop', 'opt_out'],
  [21211, 'no valid number', 'reroute'],
  [21614, 'not a mobile number', 'reroute'],
  [21635, 'a landline', 'reroute'],
  [30004, 'blocked', 'reroute'],
  [30005, 'an unknown handset', 'reroute'],
  [30006, 'a landline or unreachable', 'reroute'],
  [63016, 'the window of WhatsApp is closed', 'reroute'],
  [63024, 'no valid WhatsApp recipient', 'reroute'],
  [63003, 'no WhatsApp recipient', 'reroute'],
  [21617, 'the text is too long', 'permanent'],
  [21602, 'the text is empty', 'permanent'],
  [29999, 'nothing that we know', 'permanent'],
];

test.each(table)('%d (%s) is of class %s', (code, _meaning, errorClass) => {
  expect(classifyTwilioError(code, 400)).toBe(errorClass);
});

test.each([429, 500, 503])('an unknown code with the status %d is tried again', (status) => {
  expect(classifyTwilioError(29999, status)).toBe('retry');
});

test('a known code says more than the status', () => {
  expect(classifyTwilioError(21610, 500)).toBe('opt_out');
});

test.each([undefined, 400, 403, 404])(
  'an answer without a code of Twilio, status %s, is tried again',
  (status) => {
    expect(classifyTwilioError(undefined, status)).toBe('retry');
  },
);

test.each<[string, ErrorClass]>([
  ['20429_too_many_requests', 'retry'],
  ['21211_invalid_to', 'reroute'],
  ['21610_unsubscribed', 'opt_out'],
])('the sample %s is of class %s', (name, errorClass) => {
  const { http_status: status, body } = fixture<{ http_status: number; body: { code: number } }>(
    `api_responses/twilio_${name}.json`,
  );
  expect(classifyTwilioError(body.code, status)).toBe(errorClass);
});
