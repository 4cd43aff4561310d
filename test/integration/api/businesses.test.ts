import { useDatabase } from '../../support/database';
import { useApi } from '../../support/api';
import { aBusiness } from '../../support/factories';

const test = useDatabase();
const api = useApi(test);

describe('/api/businesses', () => {
  it('shows all shops to an admin of the first one, page by page', async () => {
    const other = await aBusiness(test.db);
    const page = await api.get('/api/businesses?limit=1');
    expect(page.body.data).toMatchObject([{ id: api.businessId }]);
    const next = await api.get(`/api/businesses?limit=1&cursor=${page.body.next_cursor}`);
    expect(next.body).toMatchObject({ data: [{ id: other.id }], next_cursor: null });
    expect((await api.get(`/api/businesses/${other.id}`)).body.settings).toMatchObject({
      takeover_idle_minutes: 30,
    });
  });

  it('adds a shop once', async () => {
    const body = { name: 'Second', slug: 'second', timezone: 'Asia/Cebu' };
    const wrong = await api.post('/api/businesses', body);
    expect(wrong.body.validation_errors).toMatchObject([{ field: 'timezone' }]);
    const added = await api.post('/api/businesses', { ...body, timezone: 'Asia/Manila' });
    expect(added).toMatchObject({ status: 201, body: { slug: 'second', currency: 'PHP' } });
    const again = await api.post('/api/businesses', { ...body, timezone: 'Asia/Manila' });
    expect(again).toMatchObject({ status: 409, body: { code: 'BUSINESS_EXISTS' } });
  });

  it('changes the settings that are sent and leaves the others', async () => {
    const path = `/api/businesses/${api.businessId}`;
    await api.patch(path, { settings: { takeover_idle_minutes: 45 } });
    const { body } = await api.patch(path, { name: 'New name', settings: { cart_expiry_days: 7 } });
    expect(body).toMatchObject({
      name: 'New name',
      settings: { takeover_idle_minutes: 45, cart_expiry_days: 7 },
    });
    expect(await test.db.query('SELECT action FROM audit_log')).toEqual([
      { action: 'business.update' },
      { action: 'business.update' },
    ]);
  });

  it('refuses settings that cannot be read again, every problem at once', async () => {
    const path = `/api/businesses/${api.businessId}`;
    const settings = { takeover_idle_minutes: 0, cart_expiry_days: 'soon', nonsense: 1 };
    const { status, body } = await api.patch(path, { settings });
    expect(status).toBe(400);
    expect(body.validation_errors.map(({ field }: { field: string }) => field)).toEqual([
      'settings.nonsense',
      'settings.takeover_idle_minutes',
      'settings.cart_expiry_days',
    ]);
    const { body: unchanged } = await api.get(path);
    expect(unchanged.settings).toMatchObject({ takeover_idle_minutes: 30, cart_expiry_days: 30 });
  });

  it('takes shipping by weight, and says which step of it is wrong', async () => {
    const path = `/api/businesses/${api.businessId}`;
    const change = (fees: [number, number]) => {
      const steps = fees.map((fee, at) => ({ up_to_grams: 1_000 * (at + 1), fee }));
      const zone = { name: 'South', provinces: ['Cebu'], steps, per_kg_above: 60_00 };
      return api.patch(path, { settings: { shipping_zones: [zone] } });
    };
    expect(await change([90_00, 80_00])).toMatchObject({
      status: 400,
      body: { validation_errors: [{ field: 'settings.shipping_zones.0.steps.1.fee' }] },
    });
    expect(await change([80_00, 90_00])).toMatchObject({
      status: 200,
      body: { settings: { shipping_zones: [{ steps: [{ fee: 80_00 }, { fee: 90_00 }] }] } },
    });
  });

  it('knows no shop that is not there', async () => {
    for (const id of ['0', '999999', 'x'])
      expect((await api.get(`/api/businesses/${id}`)).body.code).toBe('BUSINESS_NOT_FOUND');
    const gone = await api.delete(`/api/businesses/${api.businessId}/channels/messenger`);
    expect(gone).toMatchObject({ status: 404, body: { code: 'CHANNEL_NOT_FOUND' } });
  });
});
