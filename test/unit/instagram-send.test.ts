import type { Account, ErrorClass } from '../../src/channels/channel';
import { sendInstagram } from '../../src/channels/instagram/send';
import { messengerAccount, PAGE_ID } from '../support/accounts';
import { startFakePlatforms, type FakePlatforms } from '../support/fake-platforms';

const PERSON = '6000000000000401';
let platforms: FakePlatforms;
beforeAll(async () => (platforms = await startFakePlatforms()));
afterEach(() => platforms.reset());
afterAll(() => platforms.close());

const account = (): Account => ({
  ...messengerAccount(platforms.graphUrl),
  channel: 'instagram',
  accountId: '17840000000000301',
  principal: PAGE_ID,
});
const send = (text: string) =>
  sendInstagram({
    account: account(),
    to: PERSON,
    payload: { messaging_type: 'RESPONSE', message: { text } },
    outgoingId: 42,
  });

test('goes out by the page that the account is linked to, without a mark', async () => {
  expect(await send('Hello')).toMatchObject({ ok: true });
  expect(platforms.messages).toMatchObject([
    { platform: 'instagram', accountId: PAGE_ID, recipient: PERSON },
  ]);
  expect(platforms.messages[0]!.body).toEqual({
    recipient: { id: PERSON },
    messaging_type: 'RESPONSE',
    message: { text: 'Hello' },
  });
});

test('1001 bytes are refused, though Messenger would take them', async () => {
  expect(await send('₱'.repeat(334))).toMatchObject({
    ok: false,
    errorClass: 'permanent',
    code: '100',
  });
});

test.each<['window' | 'no_user' | 'disabled' | 'other_app_has_control' | 'rate_limit', ErrorClass]>(
  [
    ['window', 'reroute'],
    ['no_user', 'permanent'],
    ['disabled', 'configuration'],
    ['other_app_has_control', 'retry'],
    ['rate_limit', 'retry'],
  ],
)('the error %s is of class %s', async (failure, errorClass) => {
  platforms.failNext('instagram', failure);
  expect(await send('Hello')).toMatchObject({ ok: false, errorClass });
});
