import { findBusiness, type Business } from '../../../src/businesses/business-store';
import type { StoredSettings } from '../../../src/businesses/settings';
import { confirmOrder } from '../../../src/orders/confirm-order';
import { createOrder } from '../../../src/orders/create-order';
import { placeOrder } from '../../../src/orders/place-order';
import { openReviews } from '../../../src/orders/review-store';
import type { RiskDefaults } from '../../../src/orders/risk-score';
import { loadRiskFacts, RECENT_PER_KEY } from '../../../src/orders/risk-store';
import { useDatabase } from '../../support/database';
import {
  aBusiness,
  aCustomer,
  anOrder,
  aProduct,
  orderData,
  type TestProduct,
} from '../../support/factories';

const test = useDatabase();
const PHONE = '+639171234567';
let business: Business;
let businessId: number;
let userId: number;
let mug: TestProduct;

beforeEach(async () => {
  business = await aBusiness(test.db);
  businessId = business.id;
  userId = await aCustomer(test.db, { businessId });
  mug = await aProduct(test.db, { businessId, price: 250_00, stock: 1_000 });
});

type Given = Partial<Parameters<typeof orderData>[1]>;
const place = async (given: Given = {}, ipAddress: string | null = null) => {
  const result = await createOrder(test.deps, dataOf(given), { ipAddress });
  if (result.status !== 201) throw new Error(JSON.stringify(result.body));
  return result.body;
};
const dataOf = (given: Given) =>
  orderData(business, { userId, lines: [{ product: mug }], confirm_duplicate: true, ...given });
/** As in a chat, with settings of the deployment. */
const placeWith = async (defaults: RiskDefaults) => {
  const config = { riskDefaults: { reviewFrom: undefined, highValueFrom: undefined, ...defaults } };
  const request = { business, data: dataOf({}), actor: 'customer:1' };
  const placed = await test.db.transaction((trx) =>
    placeOrder(trx, { ...test.deps, config }, request),
  );
  if (!placed.ok) throw new Error(placed.message);
  return { warnings: placed.warnings, order_id: placed.order.id };
};
const codes = (body: Awaited<ReturnType<typeof placeWith>>) =>
  body.warnings.map((warning) => warning.code);
const scoreOf = async (orderId: number) =>
  (
    await test.db.query<{ risk_score: number | null }>(
      'SELECT risk_score FROM orders WHERE id = ?',
      [orderId],
    )
  )[0]?.risk_score;
const kindsOf = async (orderId: number) =>
  (await openReviews(test.db, orderId)).map((review) => review.kind);
const setFigures = (figures: { delivered?: number; refused?: number }) =>
  test.db.execute(
    'UPDATE users SET total_orders = :delivered, cod_refused_count = :refused WHERE id = :userId',
    {
      delivered: 0,
      refused: 0,
      ...figures,
      userId,
    },
  );
const settle = async (settings: StoredSettings) => {
  await test.db.execute('UPDATE businesses SET settings = ? WHERE id = ?', [
    JSON.stringify(settings),
    businessId,
  ]);
  business = (await findBusiness(test.db, businessId)) as Business;
};

describe('the facts', () => {
  const subject = (given: object = {}) => ({
    businessId,
    userId,
    isTrusted: false,
    phone: PHONE,
    ipAddress: '203.0.113.9',
    ...given,
  });
  const factsOf = (...subjects: ReturnType<typeof subject>[]) =>
    loadRiskFacts(test.db, test.clock.now(), subjects);
  const earlier = async (minutes: number, given: { userId?: number; ip?: string } = {}) => {
    const id = await anOrder(test.db, { businessId, userId, ...given });
    await test.db.execute('UPDATE orders SET created_at = ?, ip_address = ? WHERE id = ?', [
      new Date(test.clock.now().getTime() - minutes * 60_000),
      given.ip ?? null,
      id,
    ]);
  };

  it('count the last hour and the last day by customer, phone and address', async () => {
    const other = await aCustomer(test.db, { businessId });
    await earlier(10, { ip: '203.0.113.9' });
    await earlier(70);
    await earlier(25 * 60);
    await earlier(5, { userId: other });
    await setFigures({ delivered: 3, refused: 1 });
    expect(await factsOf(subject())).toMatchObject([
      {
        deliveredOrders: 3,
        refusedCod: 1,
        customer: { lastHour: 1, lastDay: 2 },
        phone: { lastHour: 2, lastDay: 3 },
        ip: { lastHour: 1, lastDay: 1 },
        phoneCustomers: 1,
      },
    ]);
  });

  it('count those of the same list that come before, and load nothing for trusted buyers', async () => {
    const others = [1, 2].map((n) => userId + 1_000 + n);
    const facts = await factsOf(
      subject({ userId: others[0] }),
      subject({ isTrusted: true }),
      subject({ userId: others[1], ipAddress: null }),
      subject({ userId: others[1] }),
    );
    expect(facts[1]).toBeNull();
    expect(facts[2]).toMatchObject({
      customer: { lastHour: 0 },
      phone: { lastHour: 2 },
      ip: null,
      phoneCustomers: 2,
    });
    expect(facts[3]).toMatchObject({
      customer: { lastHour: 1 },
      phone: { lastDay: 3 },
      ip: { lastHour: 2 },
    });
  });

  it('are one statement for any number of orders, and none for trusted buyers', async () => {
    let statements = 0;
    const counting = {
      ...test.db,
      query: <Row>(sql: string, params?: never) => {
        statements += 1;
        return test.db.query<Row>(sql, params);
      },
    };
    const all = Array.from({ length: 100 }, (_, n) =>
      subject({ userId: userId + n, phone: `+6391700000${n}` }),
    );
    expect(await loadRiskFacts(counting, test.clock.now(), all)).toHaveLength(100);
    expect(statements).toBe(1);
    await loadRiskFacts(counting, test.clock.now(), [subject({ isTrusted: true })]);
    expect(statements).toBe(1);
  });

  it('stay with their shop, and read a bounded number of rows', async () => {
    const elsewhere = (await aBusiness(test.db)).id;
    const stranger = await aCustomer(test.db, { businessId: elsewhere });
    await anOrder(test.db, { businessId: elsewhere, userId: stranger });
    expect(await factsOf(subject())).toMatchObject([{ phone: { lastDay: 0 }, phoneCustomers: 0 }]);
    for (let n = 0; n < RECENT_PER_KEY + 6; n += 1) await earlier(1);
    expect(await factsOf(subject())).toMatchObject([{ customer: { lastHour: RECENT_PER_KEY } }]);
  });

  it.each([
    ['orders_user_recent_idx', 'user_id = 1'],
    ['orders_phone_idx', "shipping_phone = '+639171234567'"],
    ['orders_ip_idx', "ip_address = '203.0.113.9'"],
  ])('%s serves its part', async (index, where) => {
    const [plan] = await test.db.query<{ EXPLAIN: string }>(
      `EXPLAIN FORMAT=JSON SELECT created_at FROM orders WHERE ${where} AND created_at > UTC_TIMESTAMP() - INTERVAL 1 DAY
       ORDER BY created_at DESC LIMIT 64`,
    );
    expect(plan?.EXPLAIN).toContain(index);
  });
});

describe('the score', () => {
  it('is kept with the order', async () => {
    const { order_id, warnings } = await place();
    expect(warnings).toEqual([]);
    expect(await scoreOf(order_id)).toBe(10);
  });

  it('of a review names its reasons; the order is placed and waits for a person', async () => {
    await setFigures({ refused: 2 });
    const tv = await aProduct(test.db, { businessId, price: 49_900_00, stock: 100 });
    const body = await place({ lines: [{ product: tv, quantity: 1 }] });
    expect(codes(body)).toEqual(['COD_LIMIT_EXCEEDED', 'FRAUD_REVIEW_REQUIRED']);
    expect(body.order).toMatchObject({ order_status: 'pending', requires_verification: true });
    expect(await scoreOf(body.order_id)).toBe(10 + 25 + 40);
    expect(await kindsOf(body.order_id)).toEqual(['cod_limit', 'fraud']);
    const [, fraud] = await openReviews(test.db, body.order_id);
    expect(fraud?.reasons.join(' ')).toContain(
      'refused_cod 40 (2 parcels were refused at the door)',
    );
    const confirmed = await confirmOrder(test.deps, {
      businessId,
      order: body.order_id,
      actor: 'staff:1',
    });
    expect(confirmed).toMatchObject({ ok: false, code: 'VERIFICATION_REQUIRED' });
  });

  it('is not asked for of trusted buyers', async () => {
    await test.db.execute(
      'UPDATE users SET is_trusted_buyer = TRUE, cod_refused_count = 9 WHERE id = ?',
      [userId],
    );
    const body = await place({ lines: [{ product: mug, quantity: 100 }] });
    expect([codes(body), await scoreOf(body.order_id)]).toEqual([[], null]);
  });

  it('makes fast ordering a warning, never a refusal', async () => {
    let body = await place({}, '198.51.100.7');
    for (let n = 0; n < 12; n += 1) body = await place({}, '198.51.100.7');
    expect(codes(body)).toEqual(['MANY_PENDING_ORDERS', 'HIGH_VELOCITY']);
    expect(await kindsOf(body.order_id)).toEqual([]);
    const confirmed = await confirmOrder(test.deps, {
      businessId,
      order: body.order_id,
      actor: 'staff:1',
    });
    expect(confirmed).toMatchObject({ ok: true });
  });

  it('of the deployment counts where the business says nothing of its own', async () => {
    const strict = { reviewFrom: 10 };
    expect(codes(await placeWith(strict))).toEqual(['FRAUD_REVIEW_REQUIRED']);
    await settle({ fraud: { review_from: 90 } });
    expect(codes(await placeWith(strict))).toEqual([]);
  });
});

describe('a high value', () => {
  it('is looked at from the threshold of the deployment on, unless the business has its own', async () => {
    const low = { highValueFrom: 200_00 };
    const body = await placeWith(low);
    expect(codes(body)).toEqual(['HIGH_VALUE_ORDER']);
    expect(await kindsOf(body.order_id)).toEqual(['special_approval']);
    await settle({ high_value_from: 1_000_00 });
    expect(codes(await placeWith(low))).toEqual([]);
    await settle({ high_value_from: null });
    expect(codes(await placeWith(low))).toEqual([]);
  });
});

describe('the trust ladder of cash on delivery', () => {
  it('asks a person above the limit of somebody who refused parcels, and explains it', async () => {
    await setFigures({ refused: 3, delivered: 1 });
    const body = await place();
    expect(codes(body)).toEqual(['COD_LIMIT_EXCEEDED']);
    const [review] = await openReviews(test.db, body.order_id);
    expect(review).toMatchObject({ kind: 'cod_limit' });
    expect(review?.reasons).toEqual([
      'Cash on delivery up to P0 (level 0 of 6): everybody starts at level 3, 1 delivered order no change, 3 refused parcels -3.',
    ]);
  });

  it('leaves other ways of paying alone', async () => {
    await setFigures({ refused: 3, delivered: 1 });
    expect(codes(await place({ payment_method: 'gcash' }))).toEqual([]);
  });

  it('is made good by deliveries', async () => {
    await setFigures({ refused: 1, delivered: 3 });
    const tv = await aProduct(test.db, { businessId, price: 20_000_00, stock: 10 });
    expect(codes(await place({ lines: [{ product: tv }] }))).toEqual([]);
    await setFigures({ refused: 1, delivered: 2 });
    expect(codes(await place({ lines: [{ product: tv }] }))).toEqual(['COD_LIMIT_EXCEEDED']);
  });
});
