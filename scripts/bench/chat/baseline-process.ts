import express from 'express';
import { openDatabase } from '../../../src/db/database';

/**
 * The baseline: an express handler that only stores and answers. It believes every body, keeps it in one row without an index
 * beside its key, answers 200, and sends the same words to everybody: no signature, no order, no state, no catalogue, no
 * second try. What is left is what HTTP, one durable commit and one request to the platform cost with these libraries.
 */
function main({ DATABASE_URL = '', GRAPH_API_URL = '', PORT = '0' }: NodeJS.ProcessEnv): void {
  const db = openDatabase(DATABASE_URL, 20);
  const app = express();
  app.get('/ready', async (_request, response) => {
    await db.query('SELECT 1');
    response.json({ status: 'ready' });
  });
  app.post('/webhooks/messenger', express.json({ limit: '3mb' }), async (request, response) => {
    const body = request.body as {
      entry: [{ id: string; messaging: [{ sender: { id: string } }] }];
    };
    await db.execute('INSERT INTO bench_plain_messages (body) VALUES (?)', [JSON.stringify(body)]);
    response.type('text/plain').send('EVENT_RECEIVED');
    const [{ id: page, messaging }] = body.entry;
    await fetch(`${GRAPH_API_URL}/v25.0/${page}/messages?access_token=token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        recipient: { id: messaging[0].sender.id },
        messaging_type: 'RESPONSE',
        message: { text: 'Hello! What would you like to see?' },
      }),
    }).then((answer) => answer.text());
  });
  app.listen(Number(PORT), '127.0.0.1');
}

main(process.env);
