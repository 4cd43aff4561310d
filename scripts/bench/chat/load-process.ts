import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import { createFakePlatforms } from '../../../src/playground/platforms/fake-platforms';
import { createCustomers } from './customers';
import { createLoad } from './make-load';
import type { FromLoad, ToLoad } from './protocol';

/**
 * The other side, in a process of its own, so that its CPU is told apart: customers who write, and the platform that takes the
 * replies. Both in one, so that one clock measures from the webhook to the reply.
 */
function main(): void {
  const tell = (message: FromLoad) => process.send?.(message);
  let platformMs = 0;
  let overlaps = 0;
  const load = createLoad(createCustomers(), () => overlaps);
  const app = express();
  app.disable('x-powered-by');
  app.use(
    createFakePlatforms({
      latencyMs: () => platformMs,
      watch: watchReplies(load.replied, () => (overlaps += 1)),
    }),
  );
  const server = app.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    tell({ say: 'ready', graphUrl: `http://127.0.0.1:${port}/graph` });
  });
  process.on('message', ({ order }: ToLoad) => {
    platformMs = order.platformMs;
    load.run(order).then(
      (result) => tell({ say: 'done', result }),
      (error: unknown) => tell({ say: 'failed', reason: String(error) }),
    );
  });
  process.once('disconnect', () => process.exit(0));
}

/** A reply counts when it is handed over, however long the platform takes to answer. */
function watchReplies(replied: (psid: string) => void, overlap: () => void): RequestHandler {
  const underWay = new Set<string>();
  return (request, response, next) => {
    const psid = (request.body as { recipient?: { id?: string } }).recipient?.id ?? '';
    if (underWay.has(psid)) overlap();
    underWay.add(psid);
    response.once('close', () => underWay.delete(psid));
    replied(psid);
    next();
  };
}

main();
