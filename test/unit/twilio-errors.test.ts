import type { ErrorClass } from '../../src/channels/channel';
import { classifyTwilioError } from '../../src/channels/sms/errors';
import { fixture } from '../support/fixtures';

/** A notification that is refused for good here is told on another channel all the same. */
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
  [21408, 'the region is not permitted', 'permanent'],
  [21606, 'the sender is not ours', 'permanent'],
  [21612, 'no route from this sender', 'permanent'],
  [21659, 'the sender is no number of Twilio', 'permanent'],
  [30002, 'the account is suspended', 'permanent'],
  [30007, 'filtered by the carrier', 'permanent'],
  [30034, 'the sender is not registered', 'permanent'],
  [21610, 'the person has said stop', 'opt_out'],
  [21211, 'no valid number', 'permanent'],
  [21614, 'not a mobile number', 'permanent'],
  [21635, 'a landline', 'permanent'],
  [30004, 'blocked', 'permanent'],
  [30005, 'an unknown handset', 'permanent'],
  [30006, 'a landline or unreachable', 'permanent'],
  [63016, 'the window of WhatsApp is closed', 'reroute'],
  [63024, 'no valid WhatsApp recipient', 'permanent'],
  [63003, 'no WhatsApp recipient', 'permanent'],
  [21617, 'the text is too long', 'permanent'],
  [21602, 'the text is empty', 'permanent'],
  [29999, 'nothing that we know', 'permanent'],
];

test.each(table)('%d (%s) is of class %s', (code, _meaning, errorClass) => {
  expect(classifyTwilioError(code, 400).errorClass).toBe(errorClass);
});

test.each([429, 500, 503])('an unknown code with the status %d is tried again', (status) => {
  expect(classifyTwilioError(29999, status).errorClass).toBe('retry');
});

test('a known code says more than the status', () => {
  expect(classifyTwilioError(21610, 500).errorClass).toBe('opt_out');
});

test.each([undefined, 400, 403, 404])(
  'an answer without a code of Twilio, status %s, is tried again',
  (status) => {
    expect(classifyTwilioError(undefined, status).errorClass).toBe('retry');
  },
);

test.each<[string, ErrorClass]>([
  ['20429_too_many_requests', 'retry'],
  ['21211_invalid_to', 'permanent'],
  ['21610_unsubscribed', 'opt_out'],
])('the sample %s is of class %s', (name, errorClass) => {
  const { http_status: status, body } = fixture<{ http_status: number; body: { code: number } }>(
    `api_responses/twilio_${name}.json`,
  );
  expect(classifyTwilioError(body.code, status).errorClass).toBe(errorClass);
});

test.each([21211, 21614, 21635, 30005, 30006, 63024, 63003])(
  '%d: nobody has this number, so nothing more is sent to it',
  (code) => expect(classifyTwilioError(code, 400).stopsPerson).toBe(true),
);

test.each([30003, 30008])('%d: a handset is tried a few times, minutes apart', (code) => {
  expect(classifyTwilioError(code, 400)).toMatchObject({ mostTries: 3, retryAfterMs: 300_000 });
});

test.each([20003, 20404, 20005])('%d stops everything that the account sends', (code) => {
  expect(classifyTwilioError(code, 400).stopsAccount).toBe(true);
});

test.each([20429, 14107, 30001, 63018])('%d slows the whole account', (code) => {
  expect(classifyTwilioError(code, 400).slowsAccount).toBe(true);
});
