import request from 'supertest';
import { findReference, keepReference } from '../../src/channels/botframework/reference-store';
import type { Reference } from '../../src/channels/botframework/activity';
import { appFor, useApi } from '../support/api';
import { useDatabase } from '../support/database';

const database = useDatabase();
const api = useApi(database);

const ACTIVITY = {
  type: 'message',
  id: 'a1',
  text: 'hello',
  channelId: 'emulator',
  serviceUrl: 'http://127.0.0.1:9',
  conversation: { id: 'c1' },
  from: { id: 'person' },
  recipient: { id: 'bot' },
};
const storedCount = async (): Promise<number> => {
  const [row] = await database.db.query<{ n: number }>('SELECT COUNT(*) AS n FROM inbox_messages');
  return row!.n;
};

test('in production there is no Bot Framework without an app id', async () => {
  const app = appFor(database, api.businessId, { NODE_ENV: 'production', ROLE: 'web' });
  const answer = await request(app).post('/api/messages').send(ACTIVITY);
  expect(answer.status).toBe(404);
  expect(answer.body).toMatchObject({ code: 'CHANNEL_OFF' });
  expect(await storedCount()).toBe(0);
});

test('keys that cannot be had now are an outage, not a refusal', async () => {
  const app = appFor(database, api.businessId, {
    ROLE: 'web',
    MICROSOFT_APP_ID: '01234567-89ab-4def-8123-456789abcdef',
    MICROSOFT_APP_PASSWORD: 'password',
    BOT_FRAMEWORK_API_URL: 'http://127.0.0.1:9',
  });
  const claims = Buffer.from(JSON.stringify({ iss: 'https://api.botframework.com' }));
  const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'key-1' }));
  const token = `${header.toString('base64url')}.${claims.toString('base64url')}.c2lnbmF0dXJl`;
  const answer = await request(app)
    .post('/api/messages')
    .set('authorization', `Bearer ${token}`)
    .send(ACTIVITY);
  expect(answer.status).toBe(503);
  expect(await storedCount()).toBe(0);
});

test('the address of the answer is kept with the message, and the newest one counts', async () => {
  const app = appFor(database, api.businessId, { ROLE: 'web' });
  expect((await request(app).post('/api/messages').send(ACTIVITY)).status).toBe(200);
  const lane = { accountId: 'emulator', externalId: 'emulator:c1:person' };
  const kept = await findReference(database.db, lane);
  expect(kept).toMatchObject({ serviceUrl: 'http://127.0.0.1:9', activityId: 'a1' });
  const at = database.clock.now();
  const moved: Reference = { ...kept!, serviceUrl: 'http://127.0.0.1:10' };
  await keepReference(database.db, lane, moved, new Date(at.getTime() + 1000));
  await keepReference(database.db, lane, kept!, at);
  expect(await findReference(database.db, lane)).toMatchObject({ serviceUrl: moved.serviceUrl });
});
