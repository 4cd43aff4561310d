import { execFile } from 'node:child_process';
import path from 'node:path';
import { metaJson, metaSignature } from '../../src/playground/sign';
import { messengerCustomer, type MessengerCustomer } from './messenger-customer';
import type { RunningApp } from './running-app';
import { PAGE, type Shop } from './shop';

/** A customer whose webhooks go to one instance after the other, as behind a load balancer. */
export function customerAmong(shop: Shop, apps: readonly RunningApp[]): MessengerCustomer {
  let turn = 0;
  const { platforms, db } = shop;
  const url = () => apps[turn++ % apps.length]!.url;
  return messengerCustomer({ url, page: PAGE, platforms, db });
}

type MessagingEvent = Record<string, unknown>;

/** One webhook body with these events in it; gives the status, or 0 when nobody answered. */
export async function postBatch(app: RunningApp, messaging: MessagingEvent[]): Promise<number> {
  const entry = [{ id: PAGE.pageId, time: Date.now(), messaging }];
  const body = metaJson({ object: 'page', entry });
  const signature = metaSignature(PAGE.appSecret, body);
  return fetch(`${app.url}/webhooks/messenger`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
    body,
  }).then(
    (answer) => answer.status,
    () => 0,
  );
}

export const textEvent = (psid: string, mid: string, text: string, timestamp: number) => ({
  sender: { id: psid },
  recipient: { id: PAGE.pageId },
  timestamp,
  message: { mid, text },
});

/** What `npm run doctor` finds wrong; '' when all is well. */
export function doctorsComplaint(databaseUrl: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'src/doctor/cli-doctor.ts'],
      {
        cwd: path.join(__dirname, '..', '..'),
        env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl },
      },
      (error, stdout, stderr) => resolve(error ? `${stdout}${stderr}` : ''),
    );
  });
}
