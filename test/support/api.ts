import request from 'supertest';
import type { Express } from 'express';
import { z } from 'zod';
import { createApp } from '../../src/app';
import type { Business, NewBusiness } from '../../src/businesses/business-store';
import { readConfig } from '../../src/config';
import { createDeps, loadWords } from '../../src/deps';
import { createLog } from '../../src/lib/log';
import type { TestDatabase } from './database';
import { aBusiness } from './factories';

export const ADMIN_API_KEY = 'test-admin-api-key-0123456789';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what an answer has is what the tests are about
export type Body = any;
export interface Answer {
  status: number;
  body: Body;
  headers: Record<string, string>;
  text: string;
}

/** The HTTP side over the test's database. Every answer is compared with the published description (API-3). */
export interface Api {
  business: Business;
  businessId: number;
  app: Express;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: object, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, body?: object): Promise<Answer>;
  patch(path: string, body?: object): Promise<Answer>;
  delete(path: string): Promise<Answer>;
}

/** Call at the top of a file, after `useDatabase`: a shop with its API, new for each test. */
export function useApi(test: TestDatabase, given: Partial<NewBusiness> = {}): Api {
  let business: Business;
  let app: Express;
  beforeEach(async () => {
    business = await aBusiness(test.db, given);
    app = appFor(test, business.id);
  });
  const send = (
    method: Method,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ) => sendTo(app, method, path, { body, headers: { 'x-api-key': ADMIN_API_KEY, ...headers } });
  return {
    get business() {
      return business;
    },
    get businessId() {
      return business.id;
    },
    get app() {
      return app;
    },
    get: (path, headers) => send('get', path, undefined, headers),
    post: (path, body, headers) => send('post', path, body, headers),
    put: (path, body) => send('put', path, body),
    patch: (path, body) => send('patch', path, body),
    delete: (path) => send('delete', path),
  };
}

const words = loadWords();

export function appFor(
  test: TestDatabase,
  firstBusinessId: number,
  env: Record<string, string> = {},
): Express {
  const settings = readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: test.url,
    LOG_LEVEL: 'silent',
    ENABLE_PLAYGROUND: 'false',
    ENCRYPTION_KEY: '0'.repeat(64),
    JWT_SECRET: 'test-jwt-secret-0123456789-0123456789',
    PUBLIC_URL: 'https://shop.example.com',
    ADMIN_API_KEY,
    ...env,
  });
  if (!settings.ok) throw new Error(settings.problems.join('\n'));
  const { config } = settings;
  const parts = {
    config,
    log: createLog(process.env.TEST_LOG ?? 'silent'),
    firstBusinessId,
    db: test.db,
    clock: test.clock,
  };
  return createApp(createDeps(parts, words));
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

export async function sendTo(
  app: Express,
  method: Method,
  path: string,
  { body, headers = {} }: { body?: object | string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const call = request(app)[method](path).set(headers);
  if (typeof body === 'string') call.type('application/json');
  const {
    status,
    body: answer,
    headers: given,
    text,
  } = await (body === undefined ? call : call.send(body));
  compareWithDescription(await describedBy(app), { method, path, status, answer });
  return { status, body: answer, headers: given, text };
}

interface Description {
  paths: Record<string, Record<string, { responses: Record<string, ResponseDescription> }>>;
  components: { schemas: Record<string, unknown> };
}
interface ResponseDescription {
  content: Record<string, { schema: unknown }>;
}

const descriptions = new WeakMap<Express, Description>();

export async function describedBy(app: Express): Promise<Description> {
  const known = descriptions.get(app);
  if (known) return known;
  const { body } = await request(app).get('/api/openapi.json');
  descriptions.set(app, body as Description);
  return body as Description;
}

/** Fails when an answer is not as described: wrong types, something missing, something that nobody is told of. */
function compareWithDescription(
  description: Description,
  one: { method: Method; path: string; status: number; answer: Body },
): void {
  const name = `${one.method.toUpperCase()} ${one.path}`;
  const path = one.path.split('?')[0] ?? '';
  const operation = operationFor(description, one.method, path);
  // What is nowhere is told in the form of every error.
  if (!operation) return expect([name, one.answer.code]).toEqual([name, 'NOT_FOUND']);
  const response = operation.responses[one.status];
  if (!response)
    throw new Error(
      `${name} answers ${one.status}, which is not described: ${JSON.stringify(one.answer)}`,
    );
  const schema = response.content['application/json']?.schema;
  if (!schema) return;
  const result = validatorOf(description, schema).safeParse(one.answer);
  if (!result.success) {
    throw new Error(
      `${name} ${one.status}: ${result.error.message}\n${JSON.stringify(one.answer, null, 1)}`,
    );
  }
}

export function operationFor(description: Description, method: Method, path: string) {
  const parts = path.replace(/\/$/, '').split('/');
  const fits = Object.keys(description.paths)
    .filter((template) => {
      const own = template.split('/');
      return (
        own.length === parts.length &&
        own.every((part, at) => part.startsWith('{') || part === parts[at])
      );
    })
    // A name goes before a parameter: /stats/{businessId} is no order.
    .sort((a, b) => a.split('{').length - b.split('{').length);
  for (const template of fits) {
    const operation = description.paths[template]?.[method];
    if (operation) return operation;
  }
  return undefined;
}

const validators = new Map<string, z.ZodType>();

function validatorOf({ components }: Description, schema: unknown): z.ZodType {
  const whole = closed({ ...(schema as object), $defs: components.schemas });
  const text = JSON.stringify(whole).replaceAll('"#/components/schemas/', '"#/$defs/');
  const known = validators.get(text);
  if (known) return known;
  const validator = z.fromJSONSchema(JSON.parse(text) as never);
  validators.set(text, validator);
  return validator;
}

/** Clients must live with more fields; our own answers must not have any that nobody is told of. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)]));
  const isObject = inner.type === 'object' && 'properties' in inner;
  return isObject ? { ...inner, additionalProperties: false } : inner;
}
