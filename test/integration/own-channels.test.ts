import { resealStored } from '../../src/businesses/live-accounts';
import { credentialChecks } from '../../src/doctor/checks/credentials';
import { examine } from '../../src/doctor/examine';
import { ENCRYPTION_KEY } from '../support/app-instance';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { ENV, PAGE_BODY, SMS_BODY, useTwoShops } from '../support/two-shops';

const test = useDatabase();
const shops = useTwoShops(test);
const SECRETS = [
  PAGE_BODY.page_access_token,
  PAGE_BODY.app_secret,
  PAGE_BODY.verify_token,
  SMS_BODY.auth_token,
  ...Object.values(ENV).filter((value) => /\D/.test(value)),
];

describe('an account of a business', () => {
  it('is kept encrypted and never shown', async () => {
    const one = shops.open(ENV);
    const put = await shops.connect(one);
    await shops.connect(one, 'sms', SMS_BODY);
    expect(put).toMatchObject({
      status: 200,
      body: {
        channel: 'messenger',
        account_id: PAGE_BODY.page_id,
        source: 'database',
        access_token: '********',
        is_working: true,
        webhook_url: 'https://shop.example.com/webhooks/messenger',
      },
    });
    const list = await one.call('get', `/api/businesses/${shops.second}/channels`);
    const firsts = await one.call('get', `/api/businesses/${shops.first}/channels`);
    const audit = await test.db.query('SELECT * FROM audit_log');
    const rows = await test.db.query<Record<string, unknown>>('SELECT * FROM business_channels');
    const stored = rows.flatMap((row) =>
      Object.values(row).map((value) =>
        Buffer.isBuffer(value) ? value.toString('latin1') : String(value),
      ),
    );
    const everything = [put.text, list.text, firsts.text, JSON.stringify(audit), ...stored].join();
    for (const secret of SECRETS) expect(everything).not.toContain(secret);
    expect((list.body.data as { channel: string }[]).map(({ channel }) => channel)).toEqual([
      'messenger',
      'sms',
    ]);
    expect(firsts.body.data).toMatchObject([{ source: 'environment', channel: 'messenger' }]);
    expect(audit).toMatchObject([
      { action: 'channel.connect', business_id: shops.second, subject: 'channel messenger' },
      { action: 'channel.connect', business_id: shops.second, subject: 'channel sms' },
    ]);
  });

  it('cannot be stored without ENCRYPTION_KEY', async () => {
    const refused = await shops.connect(shops.open({ ENCRYPTION_KEY: '' }));
    expect(refused).toMatchObject({ status: 503, body: { code: 'ENCRYPTION_KEY_REQUIRED' } });
    expect(await test.db.query('SELECT id FROM business_channels')).toEqual([]);
  });

  it('is refused when another business has it, here or in the environment', async () => {
    const one = shops.open(ENV);
    await shops.connect(one);
    expect(await shops.connect(one, 'messenger', PAGE_BODY, shops.first)).toMatchObject({
      status: 409,
      body: { code: 'ACCOUNT_TAKEN' },
    });
    const environments = { ...PAGE_BODY, page_id: ENV.MESSENGER_PAGE_ID };
    expect(await shops.connect(one, 'messenger', environments)).toMatchObject({
      status: 409,
      body: { code: 'ACCOUNT_TAKEN' },
    });
  });

  it('is refused when another business has talked to people by it, whose customers they are', async () => {
    const one = shops.open();
    await shops.connect(one);
    await shops.say(one, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_1');
    await eventually(async () => (await shops.inbox())[0]?.state === 'done');
    await one.call('delete', `/api/businesses/${shops.second}/channels/messenger`);
    expect((await shops.connect(one, 'messenger', PAGE_BODY, shops.first)).body.code).toBe(
      'ACCOUNT_TAKEN',
    );
    expect((await shops.connect(one)).status).toBe(200);
  });

  it('is refused with every mistake when it is incomplete, or when what was shown is sent back', async () => {
    const mistakes = async (channel: string, body: object) =>
      (
        (await shops.connect(shops.open(), channel, body)).body.validation_errors as {
          field: string;
        }[]
      ).map(({ field }) => field);
    expect(await mistakes('messenger', {})).toEqual([
      'page_id',
      'page_access_token',
      'app_secret',
      'verify_token',
    ]);
    expect(await mistakes('messenger', { ...PAGE_BODY, app_secret: '********' })).toEqual([
      'app_secret',
    ]);
    expect(await mistakes('sms', { ...SMS_BODY, number: '0917' })).toEqual(['number']);
  });
});

describe('the key', () => {
  const KEYS = { encryptionKey: 'c3'.repeat(32), previousEncryptionKey: ENCRYPTION_KEY };
  const complaints = async (...keys: string[]) => {
    const { checks } = await examine(test.url, { checks: credentialChecks(...keys) });
    return checks.flatMap(({ rows }) => rows.map(({ reason }) => reason));
  };

  it('can be changed: what is stored is encrypted anew and works with the new one alone', async () => {
    await shops.connect(shops.open());
    expect(await resealStored(test.db, KEYS)).toBe(1);
    expect(await resealStored(test.db, KEYS)).toBe(0);
    expect(await complaints(KEYS.encryptionKey)).toEqual([]);
    const next = shops.open({ ENCRYPTION_KEY: KEYS.encryptionKey });
    expect(await shops.say(next, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_1')).toBe(200);
  });

  it('that is wrong or missing is found by the doctor, and takes down no other account', async () => {
    await shops.connect(shops.open());
    expect(await complaints(ENCRYPTION_KEY)).toEqual([]);
    expect(await complaints(KEYS.encryptionKey)).toEqual(['unknown_key']);
    expect(await complaints()).toEqual(['ENCRYPTION_KEY is not set here']);
    const other = shops.open({ ...ENV, ENCRYPTION_KEY: KEYS.encryptionKey });
    expect(await shops.say(other, ENV.MESSENGER_PAGE_ID, ENV.MESSENGER_APP_SECRET, 'm_1')).toBe(
      200,
    );
    expect(await shops.say(other, PAGE_BODY.page_id, PAGE_BODY.app_secret, 'm_2')).toBe(401);
    const { body } = await other.call('get', `/api/businesses/${shops.second}/channels`);
    expect(body.data).toMatchObject([{ is_working: false }]);
  });

  it('does not open credentials that were moved to another business', async () => {
    await shops.connect(shops.open());
    await test.db.execute('UPDATE business_channels SET business_id = ?', [shops.first]);
    expect(await complaints(ENCRYPTION_KEY)).toEqual(['damaged']);
  });
});
