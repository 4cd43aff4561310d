import type { ChannelName, MessageEvent } from '../../src/channels/inbound';
import { fetchDueMedia, MAX_FILE_BYTES } from '../../src/media/fetch-media';
import { useApi } from '../support/api';
import { useDatabase } from '../support/database';
import { RECEIPT, useMedia } from '../support/media';

/** Files of customers, from the platforms' real protocols to the API: real HTTP, a real database, a clock that is told. */
const database = useDatabase();
const api = useApi(database);
const media = useMedia(database, api);

describe('a file is fetched the way its platform wants it', () => {
  test.each<[ChannelName, () => NonNullable<MessageEvent['attachments']>[number]]>([
    [
      'messenger',
      () => ({ type: 'image', url: media.platforms.addFile({ id: 'm1', bytes: RECEIPT }).url }),
    ],
    [
      'whatsapp',
      () => ({ type: 'image', mediaId: media.platforms.addFile({ id: 'w1', bytes: RECEIPT }).id }),
    ],
    [
      'sms',
      () => ({
        type: 'image',
        url: media.platforms.addFile({ id: 't1', bytes: RECEIPT }).twilioUrl,
      }),
    ],
  ])('%s', async (channel, attachment) => {
    await media.receive(channel, 'mid-1', attachment());
    expect(await media.only()).toMatchObject({ state: 'pending', channel, content_type: null });
    expect(await fetchDueMedia(media.depsWith())).toBe(1);
    const stored = await media.only();
    expect(stored).toMatchObject({
      state: 'stored',
      content_type: 'image/png',
      size_bytes: RECEIPT.length,
    });

    const file = await api.get(`/api/media/${String(stored.id)}`);
    expect(file.status).toBe(200);
    expect(Buffer.from(file.body as Buffer).equals(RECEIPT)).toBe(true);
    expect(file.headers).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    expect(await fetchDueMedia(media.depsWith())).toBe(0);
  });

  test('credentials are shown to the platform alone', async () => {
    const odd = await media.oddStore((_request, response) => response.end(RECEIPT));
    await media.receive('sms', 'mid-1', { type: 'image', url: `${odd.url}/x` });
    await media.receive('messenger', 'mid-2', { type: 'image', url: `${odd.url}/x` });
    await fetchDueMedia(media.depsWith());
    expect(odd.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      undefined,
    ]);
  });
});

describe('a file that cannot be had', () => {
  test('by its address is tried again with growing pauses, and then given up; staff can try once more', async () => {
    let isBroken = true;
    const odd = await media.oddStore((_request, response) =>
      isBroken ? response.writeHead(503).end() : response.end(RECEIPT),
    );
    await media.receive('messenger', 'mid-1', { type: 'image', url: `${odd.url}/x` });
    const waits: number[] = [];
    for (;;) {
      const before = database.clock.now().getTime();
      await fetchDueMedia(media.depsWith());
      const found = await media.only();
      if (found.state === 'failed') break;
      const next = new Date(found.next_attempt_at as string);
      waits.push(next.getTime() - before);
      database.clock.set(next);
    }
    expect(waits).toHaveLength(6);
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
    expect(odd.requests).toHaveLength(7);
    const found = await media.only();
    expect(found).toMatchObject({ state: 'failed', error_code: 'HTTP_503', attempts: 7 });
    expect((await api.get(`/api/media/${String(found.id)}`)).body).toMatchObject({
      code: 'MEDIA_NOT_STORED',
    });

    isBroken = false;
    expect((await api.post(`/api/media/${String(found.id)}/retry`)).status).toBe(200);
    await fetchDueMedia(media.depsWith());
    expect(await media.only()).toMatchObject({ state: 'stored', error_code: null });
    expect((await api.post(`/api/media/${String(found.id)}/retry`)).status).toBe(409);
  });

  test.each<[string, ChannelName, () => NonNullable<MessageEvent['attachments']>[number], string]>([
    ['gone from a store', 'messenger', () => ({ type: 'image', url: `${media.platforms.graphUrl.replace('/graph', '')}/cdn/nothing` }), 'EXPIRED'],
    ['gone from WhatsApp', 'whatsapp', () => ({ type: 'image', mediaId: 'nothing' }), 'EXPIRED'],
    ['in our own network', 'messenger', () => ({ type: 'image', url: 'https://10.0.0.5/x' }), 'ADDRESS'],
    ['at the metadata service', 'messenger', () => ({ type: 'image', url: 'http://169.254.169.254/latest' }), 'ADDRESS'],
    ['a page', 'messenger', () => ({ type: 'image', url: media.platforms.addFile({ id: 'p', bytes: Buffer.from('<html><script>1</script>'), contentType: 'image/png' }).url }), 'TYPE_NOT_ALLOWED'],
    ['a vector graphic', 'messenger', () => ({ type: 'image', url: media.platforms.addFile({ id: 's', bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), contentType: 'image/svg+xml' }).url }), 'TYPE_NOT_ALLOWED'],
    ['a program', 'messenger', () => ({ type: 'file', url: media.platforms.addFile({ id: 'e', bytes: Buffer.from('MZ\x90\0') }).url }), 'TYPE_NOT_ALLOWED'],
    ['too large', 'messenger', () => ({ type: 'image', url: media.platforms.addFile({ id: 'l', bytes: Buffer.alloc(MAX_FILE_BYTES + 1, 1) }).url }), 'TOO_LARGE'],
  ])('because it is %s is given up at once', async (_what, channel, attachment, code) => {
    await media.receive(channel, 'mid-1', attachment());
    await fetchDueMedia(media.depsWith());
    expect(await media.only()).toMatchObject({ state: 'failed', error_code: code, attempts: 1 });
    expect(await media.count('media_files')).toBe(0);
  }); // prettier-ignore

  test('a redirect into our own network is not followed', async () => {
    const odd = await media.oddStore((_request, response) =>
      response.writeHead(302, { location: 'http://192.168.0.1/admin' }).end(),
    );
    await media.receive('messenger', 'mid-1', { type: 'image', url: `${odd.url}/x` });
    await fetchDueMedia(media.depsWith());
    expect(await media.only()).toMatchObject({ state: 'failed', error_code: 'ADDRESS' });
  });

  test('this machine is asked only where the platform is played on it', async () => {
    const odd = await media.oddStore((_request, response) => response.end(RECEIPT));
    await media.receive('messenger', 'mid-1', { type: 'image', url: `${odd.url}/x` });
    await fetchDueMedia(media.depsWith({ GRAPH_API_URL: 'https://graph.facebook.com' }));
    expect(await media.only()).toMatchObject({ state: 'failed', error_code: 'ADDRESS' });
    await media.receive('messenger', 'mid-2', { type: 'image', url: `${odd.url}/x` });
    const deps = media.depsWith();
    await fetchDueMedia({ ...deps, config: { isProduction: true } });
    expect((await media.all())[0]).toMatchObject({ state: 'failed', error_code: 'ADDRESS' });
    expect(odd.requests).toEqual([]);
  });

  test('a wrong token waits for the right one', async () => {
    const odd = await media.oddStore((_request, response) =>
      response.writeHead(401).end(JSON.stringify({ error: { code: 190 } })),
    );
    media.platforms.addFile({ id: 'w2', bytes: RECEIPT });
    await media.receive('whatsapp', 'mid-1', { type: 'image', mediaId: 'w2' });
    await fetchDueMedia(media.depsWith({ GRAPH_API_URL: odd.url }));
    expect(await media.only()).toMatchObject({ state: 'pending', error_code: '190' });
    database.clock.forward(1);
    await fetchDueMedia(media.depsWith());
    expect(await media.only()).toMatchObject({ state: 'stored' });
  });
});
