import type { ErrorClass } from '../../src/channels/channel';
import { classifyGraphError } from '../../src/channels/messenger/errors';
import { fixture } from '../support/fixtures';

/** Code, subcode, what it means, and what is done about it. */
const table: [number, number | undefined, string, ErrorClass][] = [
  [1, 99, 'unknown', 'retry'],
  [2, undefined, 'temporary', 'retry'],
  [4, undefined, 'rate limit of the app', 'retry'],
  [17, undefined, 'rate limit', 'retry'],
  [32, undefined, 'rate limit of the page', 'retry'],
  [613, undefined, 'rate limit of the call', 'retry'],
  [613, 2534040, 'rate limit of the call', 'retry'],
  [613, 2018338, 'too many messages to this person', 'reroute'],
  [10, 2018278, 'outside of the 24 hours', 'reroute'],
  [10, 2534022, 'outside of the 24 hours on Instagram', 'reroute'],
  [10, 2018108, 'the person does not receive', 'reroute'],
  [551, undefined, 'the person is not available', 'reroute'],
  [551, 1545041, 'the person is not available', 'reroute'],
  [200, 1545041, 'the person is not available', 'reroute'],
  [100, 2018001, 'nobody has this id', 'permanent'],
  [100, 2534014, 'nobody has this id', 'permanent'],
  [10, 1893063, 'the page is restricted', 'configuration'],
  [10, 2022, 'the page is restricted', 'configuration'],
  [2022, undefined, 'the page is restricted', 'configuration'],
  [10, undefined, 'a permission is missing', 'configuration'],
  [200, 2018028, 'a permission is missing', 'configuration'],
  [200, 2534041, 'the owner has switched messages off on Instagram', 'configuration'],
  [100, 2534037, 'another app has the thread on Instagram', 'retry'],
  [190, undefined, 'the token is invalid', 'configuration'],
  [190, 463, 'the token has expired', 'configuration'],
  [100, undefined, 'a parameter is invalid', 'permanent'],
  [100, 2018065, 'a parameter is invalid', 'permanent'],
  [100, 2018008, 'a picture cannot be fetched', 'retry'],
  [100, 2018294, 'a picture cannot be fetched in time', 'retry'],
  [100, 2018047, 'a picture cannot be uploaded', 'retry'],
  [2018300, undefined, 'another app has the thread', 'retry'],
  [2018321, undefined, 'Messenger has the thread', 'retry'],
  [9000001, undefined, 'the message is deleted', 'permanent'],
  [987654, undefined, 'nothing that we know', 'permanent'],
];

test.each(table)('%d/%s (%s) is of class %s', (code, error_subcode, _meaning, errorClass) => {
  expect(classifyGraphError({ code, error_subcode }, 400).errorClass).toBe(errorClass);
});

test('an unknown error of a server that is in trouble is tried again', () => {
  expect(classifyGraphError({ code: 987654 }, 503).errorClass).toBe('retry');
});

test.each([100, 10, 200, 987654])('%d is tried again when it says that it is transient', (code) => {
  expect(classifyGraphError({ code, is_transient: true }, 400).errorClass).toBe('retry');
});

test('a closed window stays closed even when it says that it is transient', () => {
  const error = { code: 10, error_subcode: 2018278, is_transient: true };
  expect(classifyGraphError(error, 400).errorClass).toBe('reroute');
});

test.each([4, 17, 32, 613])('the rate limit %d slows the whole page', (code) => {
  expect(classifyGraphError({ code }, 400).slowsAccount).toBe(true);
});

test.each([
  [613, 2018338],
  [551, undefined],
  [2, undefined],
  [100, undefined],
])('%d/%s is one person or one message, and slows nobody else', (code, error_subcode) => {
  expect(classifyGraphError({ code, error_subcode }, 400).slowsAccount).toBeFalsy();
});

test.each<[string, ErrorClass]>([
  ['100_2018001_no_user', 'permanent'],
  ['10_2018278_window', 'reroute'],
  ['190_token', 'configuration'],
  ['2_transient', 'retry'],
  ['551_unavailable', 'reroute'],
  ['613_rate', 'retry'],
])('the sample %s is of class %s', (name, errorClass) => {
  const { http_status: status, body } = fixture<{
    http_status: number;
    body: { error: { code: number } };
  }>(`api_responses/messenger_send_${name}.json`);
  expect(classifyGraphError(body.error, status).errorClass).toBe(errorClass);
});

test.each([
  [1, 99],
  [2, undefined],
])('%d/%s is worth a few tries, and no more', (code, error_subcode) => {
  expect(classifyGraphError({ code, error_subcode }, 400).mostTries).toBe(10);
});

test.each([2018008, 2018294, 2018047])('a picture (100/%d) is tried twice', (error_subcode) => {
  const treatment = classifyGraphError({ code: 100, error_subcode }, 400);
  expect(treatment).toMatchObject({ errorClass: 'retry', mostTries: 2, isPicture: true });
});

test.each([
  [10, undefined],
  [10, 1893063],
  [2022, undefined],
  [200, 2018028],
  [190, 463],
])('%d/%s stops everything that the page sends', (code, error_subcode) => {
  expect(classifyGraphError({ code, error_subcode }, 400).stopsAccount).toBe(true);
});

test.each([
  [613, 2018338, true],
  [100, 2018001, true],
  [100, 2534014, true],
  [551, 1545041, undefined],
  [10, 2018278, undefined],
  [100, undefined, undefined],
])('%d/%s: nothing more to this person: %s', (code, error_subcode, stopsPerson) => {
  expect(classifyGraphError({ code, error_subcode }, 400).stopsPerson).toBe(stopsPerson);
});

test('whoever has the thread is not disturbed for a minute', () => {
  expect(classifyGraphError({ code: 2018300 }, 400).retryAfterMs).toBe(60_000);
});
