import { findOptOut } from '../../src/customers/consent-store';
import { openInstance, type AppInstance } from '../support/app-instance';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { aBusiness } from '../support/factories';
import { startFakePlatforms, type FakePlatforms } from '../support/fake-platforms';

const test = useDatabase();
const NUMBER_ID = '200000000000601';
const OLD = '639170000021';
const NEW = '639170000022';
let platforms: FakePlatforms;
let app: AppInstance;
let sent = 0;

beforeAll(async () => {
  platforms = await startFakePlatforms();
});
beforeEach(async () => {
  const { id } = await aBusiness(test.db);
  app = openInstance(test, id, {
    WHATSAPP_VERIFY_TOKEN: 'word',
    WHATSAPP_APP_SECRET: 'whatsapp-secret',
    WHATSAPP_PHONE_NUMBER_ID: NUMBER_ID,
    WHATSAPP_ACCESS_TOKEN: 'token',
    GRAPH_API_URL: platforms.graphUrl,
  });
});
afterEach(() => app.stop());
afterAll(() => platforms.close());

async function tell(from: string, message: Record<string, unknown>): Promise<void> {
  const timestamp = String(Math.floor(test.clock.now().getTime() / 1000));
  const value = {
    metadata: { phone_number_id: NUMBER_ID },
    messages: [{ from, id: `wamid.${(sent += 1)}`, timestamp, ...message }],
  };
  const entry = [{ id: '1', changes: [{ field: 'messages', value }] }];
  const body = { object: 'whatsapp_business_account', entry };
  expect(await app.postMeta('/webhooks/whatsapp', body, 'whatsapp-secret')).toBe(200);
  await eventually(async () => {
    const rows = await test.db.query("SELECT id FROM inbox_messages WHERE state = 'pending'");
    return rows.length === 0;
  });
}
const say = (from: string, body: string) => tell(from, { type: 'text', text: { body } });
const move = () =>
  tell(OLD, { type: 'system', system: { type: 'user_changed_number', wa_id: NEW } });

async function customerOf(phone: string): Promise<number | null> {
  const [row] = await test.db.query<{ user_id: number | null }>(
    'SELECT user_id FROM conversations WHERE external_id = :id',
    { id: `+${phone}` },
  );
  return row?.user_id ?? null;
}

describe('a customer who changes the number', () => {
  it('is the same customer under the new one, and is called there', async () => {
    await say(OLD, 'hi');
    const customer = await customerOf(OLD);
    await move();
    await say(NEW, 'hi');
    expect(await customerOf(NEW)).toBe(customer);
    const [row] = await test.db.query('SELECT phone FROM users WHERE id = ?', [customer]);
    expect(row).toEqual({ phone: `+${NEW}` });
  });

  it('leaves nothing to whoever gets the old one', async () => {
    await say(OLD, 'hi');
    const customer = await customerOf(OLD);
    await test.db.execute('UPDATE conversations SET staff_id = 1');
    await move();
    await say(OLD, 'hi');
    expect(await customerOf(OLD)).not.toBe(customer);
    const rows = await test.db.query('SELECT staff_id FROM conversations');
    expect(rows).toEqual([{ staff_id: null }]);
  });

  it('stays opted out', async () => {
    await say(OLD, 'stop');
    await move();
    const person = { channel: 'whatsapp' as const, accountId: NUMBER_ID, externalId: `+${NEW}` };
    expect(await findOptOut(test.db, person)).not.toBeNull();
  });

  it('changes nothing of who has written from the new one before', async () => {
    await say(NEW, 'hi');
    const own = await customerOf(NEW);
    await say(OLD, 'hi');
    await move();
    await say(NEW, 'menu');
    expect(await customerOf(NEW)).toBe(own);
  });
});
