import { classifyGraphError } from '../../src/channels/messenger/errors';
import { classifyWhatsAppError } from '../../src/channels/whatsapp/errors';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { accepted, openSending, refused, type Sending } from '../support/sending';

const test = useDatabase();
let sending: Sending;
beforeEach(async () => (sending = await openSending(test)));
afterEach(() => sending.stop());

const whatsappError = (code: number) =>
  refused({ ...classifyWhatsAppError(code, 400), code: String(code) });
const stateOf = async (id: number) =>
  (
    await test.db.query<{ state: string; attempts: number; next: Date }>(
      'SELECT state, attempts, next_attempt_at AS next FROM outgoing_messages WHERE id = ?',
      [id],
    )
  )[0]!;

/** Lets time pass until the message is settled; gives the waits between its tries in whole seconds. */
async function waitsOf(id: number, sender = sending.sender()): Promise<number[]> {
  const waits: number[] = [];
  for (;;) {
    const tries = sending.requests.length;
    await eventually(async () => {
      await sender.findDue();
      return sending.requests.length > tries || (await stateOf(id)).state !== 'queued';
    });
    await sending.settled();
    const { state, next } = await stateOf(id);
    if (state !== 'queued') return waits;
    waits.push(Math.round((next.getTime() - test.clock.now().getTime()) / 1_000));
    test.clock.set(next);
  }
}

it('a picture that cannot be fetched is tried twice, and then the words go without it', async () => {
  const lane = await sending.conversation('person');
  const element = { title: 'Mug', subtitle: 'P150', image_url: 'https://shop.example/mug.jpg' };
  const payload = { template_type: 'generic', elements: [element] };
  const message = { attachment: { type: 'template', payload } };
  const failure = classifyGraphError({ code: 100, error_subcode: 2018008 }, 400);
  sending.platform = (request) =>
    JSON.stringify(request.payload).includes('image_url')
      ? refused({ ...failure, code: '100/2018008' })
      : accepted(request);
  const id = await sending.write(lane, { messaging_type: 'RESPONSE', message });
  const behind = await sending.write(lane, { messaging_type: 'RESPONSE', message: { text: 'Hi' } });
  await waitsOf(id);
  expect(sending.requests.length).toBeGreaterThanOrEqual(3);
  const pictures = sending.requests.map((request) =>
    JSON.stringify(request.payload).includes('image_url'),
  );
  expect(pictures.slice(0, 3)).toEqual([true, true, false]);
  expect((await stateOf(id)).state).toBe('sent');
  await eventually(async () => (await stateOf(behind)).state === 'sent');
});

it('a picture alone that cannot be fetched is given up, and what is behind it goes', async () => {
  const lane = await sending.conversation('person', 'whatsapp');
  sending.platform = (request) =>
    request.payload.type === 'image' ? whatsappError(131053) : accepted(request);
  const id = await sending.write(lane, {
    type: 'image',
    image: { link: 'https://x.example/a.jpg' },
  });
  const behind = await sending.write(lane, { type: 'text', text: { body: 'Hi' } });
  await waitsOf(id);
  expect(await stateOf(id)).toMatchObject({ state: 'failed', attempts: 2 });
  await eventually(async () => (await stateOf(behind)).state === 'sent');
});

it('an error that is worth a few tries ends after them; an outage before does not count', async () => {
  const lane = await sending.conversation('person', 'whatsapp');
  let outage = 20;
  sending.platform = () =>
    outage-- > 0 ? refused({ errorClass: 'retry', code: 'http_0' }) : whatsappError(131000);
  const id = await sending.write(lane, { type: 'text', text: { body: 'Hi' } });
  await waitsOf(id);
  expect(sending.requests).toHaveLength(23);
  expect((await stateOf(id)).state).toBe('failed');
});

it('a coexistence error is tried once more, five seconds later', async () => {
  const lane = await sending.conversation('person', 'whatsapp');
  sending.platform = () => whatsappError(131060);
  const id = await sending.write(lane, { type: 'text', text: { body: 'Hi' } });
  expect(await waitsOf(id)).toEqual([5]);
});

it('the pair rate slows one person, longer each time, and nobody else', async () => {
  const slow = await sending.conversation('slow', 'whatsapp');
  const quick = await sending.conversation('quick', 'whatsapp');
  let refusals = 4;
  sending.platform = (request) =>
    request.to === 'slow' && refusals-- > 0 ? whatsappError(131056) : accepted(request);
  const sender = sending.sender();
  const id = await sending.write(slow, { type: 'text', text: { body: 'Hi' } });
  sender.wake(slow);
  await eventually(async () => (await stateOf(id)).attempts === 1);
  const other = await sending.write(quick, { type: 'text', text: { body: 'Hi' } });
  sender.wake(quick);
  await eventually(async () => (await stateOf(other)).state === 'sent');
  test.clock.set((await stateOf(id)).next);
  const waits = await waitsOf(id, sender);
  // 4, 16 and 64 seconds, each between half and the whole of it, and six at least.
  expect(waits.length).toBe(3);
  expect(waits[0]).toBe(6);
  expect(waits[1]).toBeGreaterThanOrEqual(8);
  expect(waits[2]).toBeGreaterThanOrEqual(32);
});

it('what nobody can be told at a dead address is not asked for again', async () => {
  const lane = await sending.conversation('person', 'messenger', test.clock.now());
  const failure = classifyGraphError({ code: 100, error_subcode: 2018001 }, 400);
  sending.platform = () => refused({ ...failure, code: '100/2018001' });
  const payload = { messaging_type: 'RESPONSE', message: { text: 'Hi' } };
  test.clock.forward(1);
  const sender = sending.sender();
  await waitsOf(await sending.write(lane, payload), sender);
  const second = await sending.write(lane, payload);
  await waitsOf(second, sender);
  expect(sending.requests).toHaveLength(1);
  // They write: it is tried again.
  await test.db.execute('UPDATE conversations SET last_inbound_at = ? WHERE id = ?', [
    new Date(test.clock.now().getTime() + 1),
    lane.conversationId,
  ]);
  await waitsOf(await sending.write(lane, payload), sender);
  expect(sending.requests).toHaveLength(2);
});
