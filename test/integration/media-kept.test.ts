import { eraseMessage } from '../../src/inbox/erasure-store';
import type { InboxMessage } from '../../src/inbox/inbox-store';
import { fetchDueMedia } from '../../src/media/fetch-media';
import { deleteUnusedFiles } from '../../src/media/file-store';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { PAGE, RECEIPT, useMedia } from '../support/media';

/** How files are kept: once, whole, by whoever is alive, and not longer than somebody names them. */
const database = useDatabase();
const api = useApi(database);
const media = useMedia(database, api);

test('the same picture, sent twice, is kept once', async () => {
  const { url } = media.platforms.addFile({ id: 'm1', bytes: RECEIPT });
  await media.receive('messenger', 'mid-1', { type: 'image', url }, { type: 'image', url });
  await media.receive('messenger', 'mid-2', { type: 'image', url });
  while ((await fetchDueMedia(media.depsWith())) > 0);
  expect((await media.all()).map(({ state }) => state)).toEqual(['stored', 'stored', 'stored']);
  expect(await media.count('media_files')).toBe(1);
});

test('a message that comes five times at once has its file once', async () => {
  const { url } = media.platforms.addFile({ id: 'm1', bytes: RECEIPT });
  await Promise.all(
    [1, 2, 3, 4, 5].map(() => media.receive('messenger', 'mid-1', { type: 'image', url })),
  );
  expect(await media.only()).toMatchObject({ state: 'pending' });
});

test('several instances share the work, and fetch each file once', async () => {
  const odd = await media.oddStore((_request, response) => response.end(RECEIPT));
  for (let n = 0; n < 12; n += 1)
    await media.receive('messenger', `mid-${n}`, { type: 'image', url: `${odd.url}/${n}` });
  const takes = await Promise.all([1, 2, 3, 4].map(() => fetchDueMedia(media.depsWith())));
  expect(takes.reduce((sum, take) => sum + take, 0)).toBeLessThanOrEqual(12);
  while ((await fetchDueMedia(media.depsWith())) > 0);
  expect(new Set(odd.requests.map((one) => one.url)).size).toBe(12);
  expect(odd.requests).toHaveLength(12);
  expect(await media.count('media_files')).toBe(1);
});

test('a file whose fetcher has died is fetched by somebody else', async () => {
  const { url } = media.platforms.addFile({ id: 'm1', bytes: RECEIPT });
  await media.receive('messenger', 'mid-1', { type: 'image', url });
  const deps = media.depsWith();
  const dying = { ...deps, accounts: { ...deps.accounts, lookUp: () => Promise.reject(new Error('killed')) } }; // prettier-ignore
  await expect(fetchDueMedia(dying)).rejects.toThrow('killed');
  expect(await fetchDueMedia(deps)).toBe(0);
  database.clock.forward(4);
  expect(await fetchDueMedia(deps)).toBe(1);
  expect(await media.only()).toMatchObject({ state: 'stored', attempts: 2 });
});

test('a file that ends each process that fetches it is given up', async () => {
  const { url } = media.platforms.addFile({ id: 'm1', bytes: RECEIPT });
  await media.receive('messenger', 'mid-1', { type: 'image', url });
  await database.db.execute('UPDATE inbox_media SET attempts = 7');
  await fetchDueMedia(media.depsWith());
  expect(await media.only()).toMatchObject({ state: 'failed', error_code: 'GIVEN_UP' });
});

test('a large file is stored in pieces and comes out whole', async () => {
  const bytes = Buffer.concat([RECEIPT, Buffer.alloc(7 * 1024 * 1024, 7)]);
  const { url } = media.platforms.addFile({ id: 'm1', bytes });
  await media.receive('messenger', 'mid-1', { type: 'image', url });
  await fetchDueMedia(media.depsWith());
  expect(await media.count('media_chunks')).toBe(8);
  const file = await api.get(`/api/media/${String((await media.only()).id)}`);
  expect(Buffer.from(file.body as Buffer).equals(bytes)).toBe(true);
});

test('what its sender takes back is forgotten, and the file goes with the clean-up', async () => {
  const { db, clock } = database;
  const { url } = media.platforms.addFile({ id: 'm1', bytes: RECEIPT });
  await media.receive('messenger', 'mid-1', { type: 'image', url });
  await fetchDueMedia(media.depsWith());
  await media.receive('messenger', 'mid-2', { type: 'image', url });
  await db.transaction(async (trx) => {
    const message = {
      channel: 'messenger' as const,
      accountId: PAGE,
      externalId: 'person-1',
      conversationKey: `messenger:${PAGE}:person-1`,
      businessId: api.businessId,
      sentAt: clock.now(),
      receivedAt: clock.now(),
    } as InboxMessage;
    await eraseMessage(trx, message, 'mid-1');
    await eraseMessage(trx, message, 'mid-2');
    await eraseMessage(trx, message, 'mid-3');
  });
  // It comes after it was taken back.
  await media.receive('messenger', 'mid-3', { type: 'image', url });
  await fetchDueMedia(media.depsWith());
  expect(await media.all()).toEqual([]);
  const tomorrow = new Date(clock.now().getTime() + 1);
  expect(await deleteUnusedFiles(db, tomorrow, 10)).toBe(1);
  expect(await media.count('media_chunks')).toBe(0);
});

test('a file that a message names is not cleaned up, and another shop does not see it', async () => {
  const { url } = media.platforms.addFile({ id: 'm1', bytes: RECEIPT });
  await media.receive('messenger', 'mid-1', { type: 'image', url });
  await fetchDueMedia(media.depsWith());
  const later = new Date(database.clock.now().getTime() + 1);
  expect(await deleteUnusedFiles(database.db, later, 10)).toBe(0);
  const { id } = await media.only();
  await database.db.execute('UPDATE inbox_media SET business_id = business_id + 1');
  expect((await api.get(`/api/media/${String(id)}`)).status).toBe(404);
  expect(await media.all()).toEqual([]);
});

test('a picture is shown, a PDF is saved', async () => {
  const bytes = Buffer.from('%PDF-1.7 …');
  const { url } = media.platforms.addFile({ id: 'm1', bytes, contentType: 'text/html' });
  await media.receive('messenger', 'mid-1', { type: 'file', url });
  await fetchDueMedia(media.depsWith());
  const file = await api.get(`/api/media/${String((await media.only()).id)}`);
  expect(file.headers).toMatchObject({ 'content-type': 'application/pdf' });
  expect(file.headers['content-disposition']).toMatch(/^attachment/);
});
