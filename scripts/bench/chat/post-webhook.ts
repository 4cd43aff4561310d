import http from 'node:http';
import { messengerWebhook } from '../../../src/playground/sign';
import { PAGE } from './page';
import type { Message } from './protocol';

/** As a platform does: many connections, kept open. */
const agent = new http.Agent({ keepAlive: true, maxSockets: 256, scheduling: 'lifo' });

/** Posts one signed webhook; gives the status, or 0 when nobody answered. */
export function postWebhook(url: URL, from: string, message: Message): Promise<number> {
  const signed = messengerWebhook({
    appSecret: PAGE.appSecret,
    pageId: PAGE.pageId,
    from,
    ...message,
  });
  const { hostname, port, pathname } = url;
  return new Promise((resolve) => {
    const request = http.request(
      {
        hostname,
        port,
        path: pathname,
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(signed.body),
          'x-hub-signature-256': signed.signature,
        },
      },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
      },
    );
    request.once('error', () => resolve(0));
    request.end(signed.body);
  });
}
