import { openShop, type Shop } from '../support/shop';
import type { PhoneCustomer } from '../support/phone-customer';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
  await shop.start({ WHATSAPP_DRIVER: 'twilio' });
});
afterAll(() => shop.close());

const lastMessage = async ({ phone }: PhoneCustomer) =>
  (
    await shop.db.query(
      `SELECT m.state, m.error_code FROM outgoing_messages AS m JOIN conversations AS c ON c.id = m.conversation_id
       WHERE c.external_id = ? ORDER BY m.id DESC LIMIT 1`,
      [phone],
    )
  )[0];

it('a customer orders on WhatsApp by Twilio, by numbers', async () => {
  const customer = shop.twilioWhatsAppCustomer();
  await customer.say('hi');
  await customer.say('blue mug');
  await customer.pick(/add to cart|blue mug/i);
  if (!/how many/i.test(customer.lastText())) await customer.pick(/add to cart/i);
  await customer.say('1');
  await customer.pick(/checkout/i);
  await customer.say('Juan Dela Cruz');
  if (/phone|number/i.test(customer.lastText().split('\n')[0]!))
    await customer.say('0917 123 4567');
  await customer.say('123 Main St, Brgy. Centro, Manila, Metro Manila');
  await customer.pick(/delivery/i);
  await customer.pick(/cash on delivery/i);
  await customer.pick(/place order/i);
  expect(customer.lastText()).toMatch(/ORD-\d{8}-\d{5}/);
  expect(customer.seen().every(({ platform }) => platform === 'whatsapp')).toBe(true);
});

it('a tap on a template’s button counts as its payload', async () => {
  const customer = shop.twilioWhatsAppCustomer();
  const [answer] = await customer.say('What is there?', {
    ButtonText: 'What is there?',
    ButtonPayload: 'SHOP',
  });
  const [same] = await shop.twilioWhatsAppCustomer().say('shop');
  expect(answer!.text).toBe(same!.text);
});

it('a failure that is reported later is on record, and STOP is heard', async () => {
  const customer = shop.twilioWhatsAppCustomer();
  const [message] = await customer.say('thanks');
  await customer.report(message!, 'failed', { ErrorCode: '63016' });
  await customer.settled();
  expect(await lastMessage(customer)).toEqual({ state: 'failed', error_code: '63016' });
  await customer.report(message!, 'read');
  await customer.settled();
  expect(await lastMessage(customer)).toMatchObject({ state: 'read' });
  expect(await customer.say('stop')).toHaveLength(1);
  expect(await customer.say('menu')).toEqual([]);
});

it('an SMS to the same number is another conversation', async () => {
  const customer = shop.twilioWhatsAppCustomer();
  await customer.say('help');
  const sms = shop.smsCustomer(customer.phone);
  const [answer] = await sms.say('help');
  expect(answer).toMatchObject({ platform: 'sms' });
});

it('the Cloud API’s webhook is off', async () => {
  const answer = await fetch(`${shop.apps[0]!.url}/webhooks/whatsapp?hub.mode=subscribe`);
  expect(answer.status).toBe(404);
});
