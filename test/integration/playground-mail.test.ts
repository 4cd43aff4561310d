import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createAccounts } from '../../src/channels/accounts';
import { readConfig } from '../../src/config';
import { loadWords } from '../../src/deps';
import { systemIds } from '../../src/lib/ids';
import { createLog } from '../../src/lib/log';
import { dispatchNotifications } from '../../src/notifications/dispatch';
import { insertNotification } from '../../src/notifications/notification-store';
import { createSender } from '../../src/outgoing/sender';
import { createPlayground } from '../../src/playground/playground';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { aBusiness, aCustomer } from '../support/factories';

const test = useDatabase();
const words = loadWords();
let server: Server;

afterEach(() => new Promise((resolve) => server.close(resolve)));

it('without a mail server, mails go to the mailbox of the playground, and nothing in them is a tag (RUN-5)', async () => {
  const { db, clock } = test;
  const { id: businessId } = await aBusiness(db);
  const read = readConfig({ DATABASE_URL: test.url, ENABLE_PLAYGROUND: 'true' });
  if (!read.ok) throw new Error(read.problems.join('\n'));
  const { config } = read;
  const accounts = createAccounts(config, businessId);
  const deps = { db, clock, config, accounts, ids: systemIds, log: createLog('silent') };
  server = createServer(express().use('/playground', createPlayground(deps)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/playground/mail`;
  expect(await (await fetch(url)).text()).toContain('No mail yet');

  const userId = await aCustomer(db, { businessId });
  await db.execute("UPDATE users SET phone = NULL, email = 'juan@customer.example'");
  const payload = { order_number: '<b>ORD-1</b>', total: 'P150.00' };
  const told = { businessId, userId, template: 'order_confirmed', payload };
  await db.transaction((trx) =>
    insertNotification(trx, { ...told, recipientType: 'customer', scheduledAt: clock.now() }),
  );
  const sender = createSender(deps);
  await dispatchNotifications({ ...deps, ...words, wakeSender: (lane) => sender.wake(lane) }, 10);
  await eventually(async () => (await (await fetch(url)).text()).includes('juan@customer.example'));
  const page = await (await fetch(url)).text();
  expect(page).toContain('<h2>Order &lt;b&gt;ORD-1&lt;/b&gt; is confirmed</h2>');
  expect(page).not.toContain('<b>');
  await sender.stop();
});
