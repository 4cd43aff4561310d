import * as dns from 'node:dns';
import { guardedRequest, mayBeAsked } from '../../src/lib/guarded-request';
import { closedPort, startOddServer, type OddServer } from '../support/odd-server';

/** Whom a name belongs to is the one thing that cannot be had for real: `evil.example` is where the test says. */
jest.mock('node:dns', () => {
  const real = jest.requireActual<typeof dns>('node:dns');
  return { ...real, lookup: jest.fn(real.lookup) };
});
const lookup = dns.lookup as unknown as jest.Mock;

let server: OddServer | undefined;
afterEach(async () => {
  lookup.mockReset();
  lookup.mockImplementation(jest.requireActual<typeof dns>('node:dns').lookup);
  await server?.close();
  server = undefined;
});

const limits = { maxBytes: 1000, timeoutMs: 2000 };
const ask = (url: string, allowsLoopback = true, more = {}) =>
  guardedRequest({ url, allowsLoopback, ...limits, ...more });
const resolvesTo = (...addresses: string[]) =>
  lookup.mockImplementation((_name: string, _options: object, callback: (...args: unknown[]) => void) =>
    callback(null, addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))),
  ); // prettier-ignore

test.each([
  'http://127.0.0.1/x',
  'https://127.0.0.1/x',
  'https://[::1]/x',
  'https://[::ffff:127.0.0.1]/x',
  'https://2130706433/x',
  'https://0x7f.1/x',
  'https://169.254.169.254/latest/meta-data',
  'https://10.0.0.5/x',
  'https://user:password@shop.example/x',
  'http://shop.example/x',
  'ftp://shop.example/x',
  'file:///etc/passwd',
  'nonsense',
])('%s is refused without a request', async (url) => {
  expect(mayBeAsked(url, false)).toBe(false);
  expect(await ask(url, false)).toMatchObject({ ok: false, reason: 'address' });
});

test.each([
  ['a private address', ['10.0.0.5']],
  ['the metadata service', ['169.254.169.254']],
  ['this machine', ['127.0.0.1']],
  ['this machine, dressed up', ['::ffff:127.0.0.1']],
  ['a public and a private address', ['93.184.216.34', '192.168.0.1']],
])('a name that stands for %s is refused at the connection', async (_what, addresses) => {
  resolvesTo(...addresses);
  expect(await ask('https://evil.example/x', false)).toMatchObject({
    ok: false,
    reason: 'address',
  });
  expect(lookup).toHaveBeenCalledTimes(1);
});

test('the machine itself is asked only where that is allowed, and private addresses not even then', async () => {
  server = await startOddServer((_request, response) => response.end('here'));
  expect(await ask(server.url)).toMatchObject({ ok: true, status: 200, body: Buffer.from('here') });
  expect(await ask(server.url, false)).toMatchObject({ ok: false, reason: 'address' });
  resolvesTo('10.0.0.5');
  expect(await ask('https://evil.example/x')).toMatchObject({ ok: false, reason: 'address' });
});

test('a redirect is an answer, not followed', async () => {
  server = await startOddServer((_request, response) =>
    response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
  );
  expect(await ask(server.url)).toMatchObject({ ok: true, status: 302 });
  expect(server.requests).toHaveLength(1);
});

test('an answer that is too large is cut off, whether it says so or not', async () => {
  server = await startOddServer((request, response) => {
    if (request.url === '/says') response.writeHead(200, { 'content-length': '5000' });
    response.end('x'.repeat(5000));
  });
  expect(await ask(`${server.url}/says`)).toMatchObject({ ok: false, reason: 'too_large' });
  expect(await ask(`${server.url}/silent`)).toMatchObject({ ok: false, reason: 'too_large' });
});

test('a server that does not answer, or drips, ends with the time', async () => {
  server = await startOddServer((_request, response) => {
    response.writeHead(200);
    response.write('x');
  });
  expect(await ask(server.url, true, { timeoutMs: 100 })).toMatchObject({
    ok: false,
    reason: 'no_answer',
  });
  expect(await ask(await closedPort())).toMatchObject({ ok: false, message: 'ECONNREFUSED' });
});

test('what is asked goes as it is, without compression, which could blow up', async () => {
  server = await startOddServer((_request, response) => response.end());
  await ask(server.url, true, { method: 'POST', body: '{"a":1}', headers: { 'x-a': 'b' } });
  expect(server.requests[0]).toMatchObject({ method: 'POST', body: '{"a":1}' });
  expect(server.requests[0]!.headers).toMatchObject({ 'x-a': 'b', 'accept-encoding': 'identity' });
});
