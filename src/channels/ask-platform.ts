import * as http from 'node:http';
import * as https from 'node:https';

/** Connections are kept open, one for each request under way. */
const agents = {
  'http:': new http.Agent({ keepAlive: true }),
  'https:': new https.Agent({ keepAlive: true }),
};
/** A platform answers in a line. */
const MAX_ANSWER = 1024 * 1024;

/**
 * One request, with a deadline for all of it; a redirection is an answer. Not `fetch`: every reply to a customer goes through
 * here, and its streams and signals cost as much as the turn that wrote the reply (ADR 0005).
 */
export function ask(
  url: URL,
  body: string,
  headers: Record<string, string>,
  timeoutMs: number,
): Promise<{ status: number; text: string; headers: http.IncomingHttpHeaders }> {
  const begin = url.protocol === 'https:' ? https.request : http.request;
  const agent = agents[url.protocol as keyof typeof agents];
  return new Promise((resolve, reject) => {
    const call = begin(url, {
      method: 'POST',
      agent,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    });
    const timer = setTimeout(() => call.destroy(new TooLate()), timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
    };
    call.once('error', fail);
    call.once('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_ANSWER) call.destroy(new TooLarge());
        else chunks.push(chunk);
      });
      response.once('error', fail);
      // Also when the connection breaks in the middle of the answer, or is cut by us.
      response.once('close', () => {
        if (!response.complete) fail(new Aborted());
      });
      response.once('end', () => {
        clearTimeout(timer);
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(chunks).toString('utf8'),
          headers: response.headers,
        });
      });
    });
    call.end(body);
  });
}

class TooLate extends Error {
  override name = 'TimeoutError';
}
class TooLarge extends Error {
  override name = 'AnswerTooLarge';
}
class Aborted extends Error {
  override name = 'ConnectionBroken';
}
