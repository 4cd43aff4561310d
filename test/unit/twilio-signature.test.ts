import { isSignedByTwilio } from '../../src/channels/twilio/signature';
import { fixture, fixtureNames } from '../support/fixtures';

interface Captured {
  url: string;
  auth_token: string;
  headers: Record<string, string>;
  params: Record<string, string>;
}
const files = ['twilio_sms', 'twilio_whatsapp'].flatMap((folder) =>
  fixtureNames(folder).map((name) => `${folder}/${name}`),
);
const read = (file: string) => {
  const { url, auth_token: token, headers, params } = fixture<Captured>(file);
  return { url, token, header: headers['X-Twilio-Signature'], params };
};

test('there are captured requests of both', () => expect(files).toHaveLength(21));

test.each(files)('the signature of %s holds', (file) => {
  const { url, token, header, params } = read(file);
  expect(isSignedByTwilio(token, header, url, params)).toBe(true);
});

describe('a request is not signed', () => {
  const { url, token, header, params } = read('twilio_sms/inbound_text.json');
  test.each<[string, () => boolean]>([
    ['by another token', () => isSignedByTwilio('another', header, url, params)],
    ['without a header', () => isSignedByTwilio(token, undefined, url, params)],
    ['by an empty header', () => isSignedByTwilio(token, '', url, params)],
    ['by half a header', () => isSignedByTwilio(token, header!.slice(0, 10), url, params)],
    [
      'for another address',
      () => isSignedByTwilio(token, header, url.replace('sms', 'status'), params),
    ],
    ['for another query', () => isSignedByTwilio(token, header, `${url}?outbox=1`, params)],
    [
      'with a changed field',
      () => isSignedByTwilio(token, header, url, { ...params, From: '+15550003333' }),
    ],
    [
      'with a field more',
      () => isSignedByTwilio(token, header, url, { ...params, OptOutType: 'STOP' }),
    ],
    ['with no fields', () => isSignedByTwilio(token, header, url, {})],
  ])('%s', (_, check) => expect(check()).toBe(false));
});
