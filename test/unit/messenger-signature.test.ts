import { createHmac } from 'node:crypto';
import { isSignedBy } from '../../src/channels/messenger/signature';
import { fixture, fixtureBytes, fixtureNames } from '../support/fixtures';

const { app_secret: secret, signatures } = fixture<{
  app_secret: string;
  signatures: Record<string, string>;
}>('messenger/_signatures.json');
const bytes = fixtureBytes('messenger/message_text.json');
const signature = signatures['message_text.json']!;

test('every captured body has a signature', () => {
  expect(Object.keys(signatures).sort()).toEqual(fixtureNames('messenger').sort());
});

test.each(Object.entries(signatures))(
  'the signature of %s holds over its bytes',
  (file, header) => {
    expect(isSignedBy(secret, fixtureBytes(`messenger/${file}`), header)).toBe(true);
  },
);

test('a body that was parsed and written again is not what was signed', () => {
  const rewritten = Buffer.from(JSON.stringify(JSON.parse(bytes.toString('utf8'))));
  expect(isSignedBy(secret, rewritten, signature)).toBe(false);
});

test('one changed byte breaks the signature', () => {
  const changed = Buffer.from(bytes);
  changed[changed.length - 3] = changed[changed.length - 3]! ^ 1;
  expect(isSignedBy(secret, changed, signature)).toBe(false);
});

test('the signature of another app does not hold', () => {
  expect(isSignedBy('another secret', bytes, signature)).toBe(false);
});

test.each([
  ['is missing', undefined],
  ['is empty', ''],
  ['has only the prefix', 'sha256='],
  ['is the old SHA-1', `sha1=${createHmac('sha1', secret).update(bytes).digest('hex')}`],
  ['has no prefix', signature.slice('sha256='.length)],
  ['is too short', signature.slice(0, -1)],
  ['is too long', `${signature}0`],
  ['has another last digit', signature.slice(0, -1) + (signature.endsWith('0') ? '1' : '0')],
  ['has as many characters but more bytes', `${signature.slice(0, -1)}é`],
  ['names another algorithm', signature.replace('sha256', 'sha512')],
])('nothing is trusted whose header %s', (_what, header) => {
  expect(isSignedBy(secret, bytes, header)).toBe(false);
});
