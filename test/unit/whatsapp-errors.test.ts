import type { Treatment } from '../../src/channels/channel';
import { classifyWhatsAppError } from '../../src/channels/whatsapp/errors';

const stopped: Treatment = { errorClass: 'configuration', slowsAccount: true, stopsAccount: true };
const few: Treatment = { errorClass: 'retry', mostTries: 10 };
const wholeNumber: Treatment = { errorClass: 'retry', slowsAccount: true };
const elsewhere: Treatment = { errorClass: 'reroute' };
const mistake: Treatment = { errorClass: 'permanent' };
const picture: Treatment = { errorClass: 'retry', mostTries: 2, isPicture: true };

/** Code, what it means, and what is done about it. */
const table: [number, string, Treatment][] = [
  [0, 'the token is invalid', stopped],
  [3, 'a permission is missing', stopped],
  [10, 'a permission is missing', stopped],
  [190, 'the token has expired', stopped],
  [200, 'a permission is missing', stopped],
  [299, 'a permission is missing', stopped],
  [131005, 'access denied', stopped],
  [1, 'unknown', few],
  [2, 'temporary', few],
  [131000, 'unknown; it may have been sent', { errorClass: 'retry', mostTries: 3 }],
  [131016, 'the service is overloaded', few],
  [133004, 'the server is temporarily unavailable', few],
  [4, 'limit of the app', wholeNumber],
  [80007, 'limit of the business account', wholeNumber],
  [130429, 'limit of the number', wholeNumber],
  [131056, 'too many to the same person', { errorClass: 'retry', retryAfterMs: 6_000, growth: 4 }],
  [131057, 'maintenance', { errorClass: 'retry' }],
  [132069, 'the flow is throttled', { errorClass: 'retry' }],
  [131060, 'coexistence', { errorClass: 'retry', mostTries: 2, retryAfterMs: 5_000 }],
  [131047, 'the window is closed', elsewhere],
  [131026, 'undeliverable', elsewhere],
  [131049, "Meta's choice", elsewhere],
  [130472, 'an experiment', elsewhere],
  [131050, 'no marketing, please', elsewhere],
  [131048, 'spam limit', stopped],
  [368, 'blocked for a violation of policy', stopped],
  [131031, 'the account is locked', stopped],
  [130497, 'not in this country', stopped],
  [131042, 'payment', stopped],
  [131037, 'the display name is not approved', stopped],
  [131045, 'certificate', stopped],
  [133010, 'the number is not registered', stopped],
  [33, 'no such parameter', mistake],
  [100, 'invalid parameter', mistake],
  [131008, 'a parameter is missing', mistake],
  [131009, 'a parameter has a wrong value', mistake],
  [131021, 'to ourselves', mistake],
  [132000, 'wrong number of parameters of the template', mistake],
  [132001, 'no such template', mistake],
  [132005, 'the text of the template is too long', mistake],
  [132007, 'the template is against the policy', mistake],
  [132012, 'a parameter of the template has a wrong form', mistake],
  [132015, 'the template is paused', mistake],
  [132016, 'the template is disabled', mistake],
  [132068, 'the flow is blocked', mistake],
  [134011, 'payments', mistake],
  [135000, 'unknown trouble with the request', mistake],
  [131051, 'unsupported type', mistake],
  [131052, 'a picture cannot be fetched', picture],
  [131053, 'a picture cannot be uploaded', picture],
  [999999, 'nothing that we know', mistake],
];

test.each(table)('%d (%s)', (code, _meaning, treatment) => {
  expect(classifyWhatsAppError(code, 400)).toEqual(treatment);
});

test('an unknown error of a server in trouble is tried a few times', () => {
  expect(classifyWhatsAppError(999999, 503)).toEqual(few);
});
