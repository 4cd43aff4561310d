import { useApi } from '../../support/api';
import { useDatabase } from '../../support/database';
import { aBusiness, aCustomer } from '../../support/factories';
import { createConversation, findConversation } from '../../../src/customers/conversation-store';
import { insertInbox } from '../../../src/inbox/inbox-store';
import { insertOutgoing } from '../../../src/outgoing/outgoing-store';

const test = useDatabase();
const api = useApi(test);

/** A conversation with so many messages of the customer, each with an answer. */
async function aConversation(person: string, messages = 0, businessId = api.businessId) {
  const key = `sms:+15005550006:${person}`;
  const ours = { businessId, channel: 'sms' as const, accountId: '+15005550006' };
  await createConversation(test.db, { ...ours, conversationKey: key, externalId: person });
  const { id } = (await findConversation(test.db, key))!;
  const userId = await aCustomer(test.db, { businessId, name: 'Juan', phone: person });
  await test.db.execute('UPDATE conversations SET user_id = ? WHERE id = ?', [userId, id]);
  for (let n = 1; n <= messages; n += 1) {
    test.clock.forward(1);
    const sentAt = test.clock.now();
    const event = {
      ...ours,
      externalId: person,
      providerMessageId: `SM${person}${n}`,
      sentAt,
      body: { kind: 'message' as const, text: `question ${n}` },
    };
    await insertInbox(test.db, [{ event, businessId, state: 'ignored', receivedAt: sentAt }]);
    const message = { payload: { body: `answer ${n}` }, display: `answer ${n}` };
    const row = {
      businessId,
      conversationId: id,
      inboxMessageId: n,
      notificationId: null,
      message,
    };
    await test.db.transaction((trx) => insertOutgoing(trx, [row], sentAt));
  }
  return { id, userId };
}

const path = (id: number, action = '') => `/api/conversations/${id}${action}`;
const textsOf = (page: { data: { text: string }[] }) => page.data.map(({ text }) => text);

describe('/api/conversations', () => {
  it('lists the shop’s own, newest first, page by page', async () => {
    const first = await aConversation('+639170000011');
    const second = await aConversation('+639170000012');
    const other = await aBusiness(test.db);
    await aConversation('+639170000013', 0, other.id);
    const page = await api.get('/api/conversations?limit=1');
    expect(page.body.data).toMatchObject([{ id: second.id, customer: { name: 'Juan' }, takeover: null }]); // prettier-ignore
    const next = await api.get(`/api/conversations?limit=1&cursor=${page.body.next_cursor}`);
    expect(next.body).toMatchObject({ data: [{ id: first.id }], next_cursor: null });
    expect((await api.get('/api/conversations?channel=messenger')).body.data).toEqual([]);
    const own = await api.get(`/api/conversations?user_id=${first.userId}`);
    expect(own.body.data).toMatchObject([{ id: first.id }]);
  });

  it('lists those that a person has at the moment', async () => {
    const one = await aConversation('+639170000011');
    await aConversation('+639170000012');
    await api.post(path(one.id, '/take'));
    const taken = async () =>
      (await api.get('/api/conversations?taken=true')).body.data as unknown[];
    expect(await taken()).toMatchObject([{ id: one.id, takeover: { by: 'api' } }]);
    test.clock.forward(30);
    expect(await taken()).toEqual([]);
  });

  it('tells what was said on both sides, newest first, each once over all pages', async () => {
    const { id } = await aConversation('+639170000011', 3);
    const all = await api.get(path(id, '/messages'));
    const expected = ['answer 3', 'question 3', 'answer 2', 'question 2', 'answer 1', 'question 1'];
    expect(textsOf(all.body)).toEqual(expected);
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await api.get(
        path(id, `/messages?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`),
      );
      seen.push(...textsOf(page.body));
      cursor = page.body.next_cursor as string | null;
    }
    expect(seen).toEqual(expected);
  });

  it('sends a person’s reply in its turn, takes the conversation with it, and says who it was', async () => {
    const { id } = await aConversation('+639170000011', 1);
    const replied = await api.post(path(id, '/reply'), { text: 'Ana here' });
    expect(replied).toMatchObject({
      status: 201,
      body: { success: true, conversation: { takeover: { by: 'api' } } },
    });
    const { data } = (await api.get(path(id, '/messages'))).body;
    expect(data).toMatchObject([
      { id: replied.body.message_ids[0], author: 'person', written_by: 'api', text: 'Ana here' },
      { author: 'bot', text: 'answer 1', state: 'skipped' },
      { author: 'customer', text: 'question 1' },
    ]);
    expect(await test.db.query('SELECT action, actor, subject FROM audit_log')).toEqual([
      { action: 'conversation.reply', actor: 'api', subject: `conversation ${id}` },
    ]);
  });

  it('tells the customer once that a person takes over, and once that the bot is back', async () => {
    const { id } = await aConversation('+639170000011');
    for (const action of ['/take', '/take', '/release', '/release']) {
      expect((await api.post(path(id, action))).status).toBe(200);
    }
    const { body } = await api.get(path(id, '/messages'));
    expect(textsOf(body)).toEqual([
      expect.stringContaining('automatic assistant'),
      expect.stringContaining('A person from'),
    ]);
  });

  it('prolongs a takeover with each reply, without telling again', async () => {
    const { id } = await aConversation('+639170000011');
    await api.post(path(id, '/take'));
    test.clock.forward(20);
    const { body } = await api.post(path(id, '/reply'), { text: 'One moment' });
    const until = new Date(test.clock.now().getTime() + 30 * 60_000).toISOString();
    expect(body.conversation.takeover.until).toBe(until);
    const messages = await api.get(path(id, '/messages'));
    expect(textsOf(messages.body)).toEqual(['One moment', expect.stringContaining('A person')]);
  });

  it('refuses what is no reply, and what is nobody’s conversation', async () => {
    const { id } = await aConversation('+639170000011');
    const other = await aBusiness(test.db);
    const foreign = await aConversation('+639170000013', 0, other.id);
    expect((await api.post(path(id, '/reply'), { text: '  ' })).body.code).toBe(
      'VALIDATION_FAILED',
    );
    for (const action of ['/reply', '/take', '/release']) {
      const answer = await api.post(path(foreign.id, action), { text: 'hi' });
      expect(answer).toMatchObject({ status: 404, body: { code: 'CONVERSATION_NOT_FOUND' } });
    }
    expect((await api.get(path(foreign.id, '/messages'))).status).toBe(404);
    expect((await api.get('/api/conversations/x')).status).toBe(404);
  });
});
