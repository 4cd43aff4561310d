import type { Express } from 'express';
import request from 'supertest';
import { createApp } from '../../src/app';
import { readConfig } from '../../src/config';
import { createDeps, loadWords, type Deps } from '../../src/deps';
import { createLog } from '../../src/lib/log';
import { metaJson, metaSignature } from '../../src/playground/sign';
import { ADMIN_API_KEY } from './api';
import type { TestDatabase } from './database';

/** One instance of the product in this process, on the test's database: its memory is its own, as in a process of its own. */
export interface AppInstance {
  deps: Deps;
  app: Express;
  /** Posts a body as Meta would; gives the status. */
  postMeta(path: string, body: object | string, appSecret: string): Promise<number>;
  call(
    method: 'get' | 'post' | 'put' | 'patch' | 'delete',
    path: string,
    body?: object,
  ): Promise<{ status: number; body: Record<string, unknown>; text: string }>;
  /** Takes and sends all that is due, until nothing is. */
  stop(): Promise<void>;
}

export const ENCRYPTION_KEY = '5a'.repeat(32);
const words = loadWords();

export function openInstance(
  test: TestDatabase,
  firstBusinessId: number,
  env: Record<string, string> = {},
): AppInstance {
  const settings = readConfig({
    NODE_ENV: 'test',
    DATABASE_URL: test.url,
    LOG_LEVEL: 'silent',
    ENABLE_PLAYGROUND: 'false',
    ENCRYPTION_KEY,
    PUBLIC_URL: 'https://shop.example.com',
    ADMIN_API_KEY,
    ...env,
  });
  if (!settings.ok) throw new Error(settings.problems.join('\n'));
  const parts = {
    config: settings.config,
    log: createLog(process.env.TEST_LOG ?? 'silent'),
    firstBusinessId,
    db: test.db,
    clock: test.clock,
  };
  const deps = createDeps(parts, words);
  const app = createApp(deps);
  return {
    deps,
    app,
    postMeta: async (path, body, appSecret) => {
      const text = typeof body === 'string' ? body : metaJson(body);
      const answer = await request(app)
        .post(path)
        .set({
          'content-type': 'application/json',
          'x-hub-signature-256': metaSignature(appSecret, text),
        })
        .send(text);
      return answer.status;
    },
    call: async (method, path, body) => {
      const one = request(app)[method](path).set('x-api-key', ADMIN_API_KEY);
      const answer = await (body === undefined ? one : one.send(body));
      return {
        status: answer.status,
        body: answer.body as Record<string, unknown>,
        text: answer.text,
      };
    },
    stop: async () => {
      await deps.lanes.stop();
      await deps.notifications.stop();
      await deps.sender.stop();
    },
  };
}

/** A page's message from a person, as Meta tells it. */
export const pageMessage = (pageId: string, psid: string, mid: string, text: string, at: Date) => ({
  object: 'page',
  entry: [
    {
      id: pageId,
      time: at.getTime(),
      messaging: [
        {
          sender: { id: psid },
          recipient: { id: pageId },
          timestamp: at.getTime(),
          message: { mid, text },
        },
      ],
    },
  ],
});
