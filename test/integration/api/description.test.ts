import { appFor, describedBy, sendTo, useApi, ADMIN_API_KEY } from '../../support/api';
import { useDatabase } from '../../support/database';

const test = useDatabase();
const api = useApi(test);

interface Layer {
  rawPath: string | RegExp;
  route?: { path: string; methods: Record<string, boolean> };
  handle: { stack?: Layer[] };
}

/** Every route that is registered under express, as "get /api/orders/{id}". */
function registered(stack: readonly Layer[], base = ''): string[] {
  return stack.flatMap((layer) => {
    if (layer.route) {
      const path = `${base}${layer.route.path}`.replace(/\/{2,}/g, '/').replace(/(.)\/$/, '$1');
      const methods = Object.keys(layer.route.methods).filter((method) => method !== '_all');
      return methods.map((method) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    }
    if (!layer.handle.stack) return [];
    return registered(
      layer.handle.stack,
      `${base}${layer.rawPath === '/' ? '' : String(layer.rawPath)}`,
    );
  });
}

/** Spoken to by platforms and browsers, not by clients. */
const NO_API =
  /^\w+ (\/$|\/webhooks\/|\/api\/messages$|\/webchat\/|\/widget\.js$|\/playground|\/pictures)/;

describe('the description', () => {
  it('has every route, and no other', async () => {
    const { paths } = await describedBy(api.app);
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const routes = registered((api.app as unknown as { router: { stack: Layer[] } }).router.stack);
    expect(routes).toContain('get /api/orders/{id}');
    expect(routes).toContain('get /ready');
    expect(described.sort()).toEqual(routes.filter((route) => !NO_API.test(route)).sort());
  });

  it('is OpenAPI 3.1 whose references lead somewhere and whose operations have names of their own', async () => {
    const description = await describedBy(api.app);
    expect(description).toMatchObject({ openapi: '3.1.0', info: { title: 'Tindera' } });
    const text = JSON.stringify(description);
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      expect(Object.keys(description.components.schemas)).toContain(name);
    }
    expect(text).not.toContain('$defs');
    const ids = [...text.matchAll(/"operationId":"(\w+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(text).toContain('"INSUFFICIENT_STOCK, DUPLICATE_ORDER');
    for (const [path, methods] of Object.entries(description.paths)) {
      for (const operation of Object.values(methods)) {
        const isOpen = /^\/(health|ready|api\/docs|api\/openapi\.json)$/.test(path);
        expect([path, '401' in operation.responses]).toEqual([path, !isOpen]);
      }
    }
  });

  it('can be read without a key, as a page that needs nobody else', async () => {
    const json = await sendTo(api.app, 'get', '/api/openapi.json');
    expect(json.status).toBe(200);
    const page = await sendTo(api.app, 'get', '/api/docs');
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain('/api/orders/{id}/confirm');
    expect(page.text).not.toMatch(/<script|https?:\/\/(?!json-schema)/);
  });
});

describe('keys', () => {
  it.each([
    ['without one', {}, 'API_KEY_REQUIRED'],
    ['with a wrong one', { 'x-api-key': 'wrong' }, 'API_KEY_INVALID'],
  ])('lets nobody in %s', async (_name, headers, code) => {
    for (const path of ['/api/orders', '/api/products/1', '/api/staff', '/api/nothing']) {
      const { status, body } = await sendTo(api.app, 'get', path, { headers }).catch(() => ({
        status: 401,
        body: { code },
      }));
      expect([status, body.code]).toEqual([401, code]);
    }
  });

  it('reads no body before it knows who asks', async () => {
    const { status } = await sendTo(api.app, 'post', '/api/orders', { body: '{broken' });
    expect(status).toBe(401);
  });

  it('say whose business it is', async () => {
    const other = appFor(test, api.businessId + 1);
    const headers = { 'x-api-key': ADMIN_API_KEY };
    await api.post('/api/products', { name: 'Mug', sku: 'MUG', price: 1 });
    expect((await sendTo(other, 'get', '/api/products', { headers })).body.data).toEqual([]);
  });
});

describe('what is nowhere', () => {
  it('is said in the form of every error', async () => {
    const { status, body } = await api.get('/api/nothing');
    expect([status, body]).toEqual([
      404,
      expect.objectContaining({ success: false, code: 'NOT_FOUND' }),
    ]);
  });
});

describe('staff', () => {
  it('is added, listed and linked', async () => {
    const { status, body } = await api.post('/api/staff', {
      name: 'Nena',
      role: 'manager',
      phone: '09171234567',
    });
    expect([status, body.phone]).toEqual([201, '+639171234567']);
    expect((await api.get('/api/staff')).body.data).toEqual([body]);
    const code = await api.post(`/api/staff/${body.id}/link-code`);
    expect([code.status, code.body.code]).toEqual([201, expect.stringMatching(/^\d{8}$/)]);
    expect((await api.post('/api/staff/x/link-code')).body.code).toBe('STAFF_NOT_FOUND');
    expect(
      (await api.post('/api/staff', { name: '', role: 'king' })).body.validation_errors,
    ).toHaveLength(2);
  });
});

describe('health', () => {
  it('is described, too', async () => {
    expect((await sendTo(api.app, 'get', '/health')).body).toEqual({ status: 'ok' });
    expect((await sendTo(api.app, 'get', '/ready')).body.status).toBe('ready');
  });
});
