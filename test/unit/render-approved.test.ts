import { approvedMessage } from '../../src/notifications/approved-message';
import { settingsSchema, type StoredSettings } from '../../src/businesses/settings';
import type { Business } from '../../src/businesses/business-store';
import { sendSms } from '../../src/channels/sms/send';
import { smsAccount } from '../support/accounts';
import { startFakePlatforms, type FakePlatforms } from '../support/fake-platforms';

const CONTENT_SID = `HX${'a'.repeat(32)}`;
const shop = (
  ...approved_templates: NonNullable<StoredSettings['approved_templates']>
): Business => ({
  id: 1,
  slug: 'shop',
  name: 'Shop',
  currency: 'PHP',
  country: 'PH',
  timezone: 'Asia/Manila',
  language: 'en',
  settings: settingsSchema.parse({ approved_templates }),
});
const byTwilio = { channel: 'whatsapp' as const, accountId: '+15005550006' };
const byCloud = { channel: 'whatsapp' as const, accountId: '200000000000601' };
const told = {
  template: 'order_shipped',
  params: { order_number: 'ORD-1', items: '2 mugs\n\t 1 cap' },
};
const entry = {
  channel: 'whatsapp' as const,
  template: 'order_shipped',
  language: 'en' as const,
  name: 'order_update',
  content_sid: CONTENT_SID,
  parameters: ['order_number', 'items'],
};

let platforms: FakePlatforms;
beforeAll(async () => (platforms = await startFakePlatforms()));
afterAll(() => platforms.close());

test('Twilio gets the id of its template and numbered values, each on one line', async () => {
  const payload = approvedMessage(shop(entry), byTwilio, told, 'en');
  expect(payload).toEqual({
    contentSid: CONTENT_SID,
    contentVariables: '{"1":"ORD-1","2":"2 mugs 1 cap"}',
  });
  const account = { ...smsAccount(platforms.twilioUrl), channel: 'whatsapp' as const };
  const result = await sendSms({ account, to: '+639171234567', payload: payload!, outgoingId: 1 });
  expect(result).toMatchObject({ ok: true });
  expect(platforms.messages[0]!.body).toMatchObject({
    To: 'whatsapp:+639171234567',
    ContentSid: CONTENT_SID,
    ContentVariables: '{"1":"ORD-1","2":"2 mugs 1 cap"}',
  });
  expect(platforms.messages[0]!.body).not.toHaveProperty('Body');
});

test("the Cloud API gets Meta's name, in its language code", () => {
  expect(approvedMessage(shop(entry), byCloud, told, 'en')).toMatchObject({
    type: 'template',
    template: { name: 'order_update', language: { code: 'en' } },
  });
});

test("the person's language goes before the shop's, and no other is taken", () => {
  const fil = { ...entry, language: 'fil' as const, name: 'order_update_fil' };
  const nameIn = (business: Business, language: 'en' | 'fil') =>
    (approvedMessage(business, byCloud, told, language) as { template: { name: string } } | null)
      ?.template.name;
  expect(nameIn(shop(entry, fil), 'fil')).toBe('order_update_fil');
  expect(nameIn(shop(entry), 'fil')).toBe('order_update');
  expect(nameIn(shop(fil), 'en')).toBeUndefined();
});

test('what is approved at one driver is none at the other, and an empty value is none', () => {
  const onlyTwilio = { ...entry, name: undefined };
  expect(approvedMessage(shop(onlyTwilio), byCloud, told, 'en')).toBeNull();
  const empty = { ...told, params: { ...told.params, items: ' ' } };
  expect(approvedMessage(shop(entry), byCloud, empty, 'en')).toBeNull();
  expect(approvedMessage(shop(), byCloud, told, 'en')).toBeNull();
});

test('an entry without any name of a platform is no setting', () => {
  const nameless = { ...entry, name: undefined, content_sid: undefined };
  expect(settingsSchema.safeParse({ approved_templates: [nameless] }).success).toBe(false);
});
