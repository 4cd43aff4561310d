import { lookup } from 'node:dns';
import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { addressKind } from './address-kind';

/** One request to an address that somebody else has named. */
export interface GuardedRequest {
  url: string;
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  /** Of the answer, as it comes over the line. */
  maxBytes: number;
  /** For all of it. */
  timeoutMs: number;
  /** Ends it early: the process stops. */
  signal?: AbortSignal;
  /** Also plain http and this machine: for platforms that are played here. */
  allowsLoopback: boolean;
}

export type GuardedAnswer =
  | { ok: true; status: number; headers: http.IncomingHttpHeaders; body: Buffer }
  | { ok: false; reason: 'address' | 'too_large' | 'no_answer'; message: string };

class Refused extends Error {
  constructor(
    readonly reason: 'address' | 'too_large',
    message: string,
  ) {
    super(message);
  }
}

/**
 * Asks an address that is not ours to choose, without being led into our own network (SEC-5): only https, only addresses on
 * the open internet. The name is resolved once, and the connection goes to what was checked. Follows no redirects: each is a
 * request of its own, checked again. Never throws for what a network or a server may do.
 */
export function guardedRequest(request: GuardedRequest): Promise<GuardedAnswer> {
  return new Promise<GuardedAnswer>((resolve) => {
    const fail = (error: unknown) => resolve(failure(error));
    try {
      const url = admittedUrl(request);
      const call = (url.protocol === 'https:' ? https : http).request(
        url,
        {
          method: request.method ?? 'GET',
          headers: { 'accept-encoding': 'identity', ...request.headers },
          // A connection of its own, so that none is reused that was checked by other rules.
          agent: false,
          lookup: checkedLookup(request.allowsLoopback),
          signal: AbortSignal.any([
            AbortSignal.timeout(request.timeoutMs),
            ...(request.signal ? [request.signal] : []),
          ]),
        },
        (response) => {
          collect(response, request.maxBytes).then(
            (body) =>
              resolve({
                ok: true,
                status: response.statusCode ?? 0,
                headers: response.headers,
                body,
              }),
            (error: unknown) => {
              call.destroy();
              fail(error);
            },
          );
        },
      );
      call.on('error', fail);
      call.end(request.body);
    } catch (error) {
      fail(error);
    }
  });
}

/** Whether an address may be asked, as far as that can be told without resolving its name. */
export function mayBeAsked(url: string, allowsLoopback: boolean): boolean {
  try {
    admittedUrl({ url, allowsLoopback });
    return true;
  } catch {
    return false;
  }
}

function admittedUrl({
  url: text,
  allowsLoopback,
}: Pick<GuardedRequest, 'url' | 'allowsLoopback'>): URL {
  if (!URL.canParse(text)) throw new Refused('address', 'not an address');
  const url = new URL(text);
  const isLocal = isLoopbackHost(url.hostname);
  const isAllowed =
    url.protocol === 'https:' || (url.protocol === 'http:' && isLocal && allowsLoopback);
  if (!isAllowed) throw new Refused('address', `${url.protocol}//${url.host} is not https`);
  if (url.username !== '' || url.password !== '')
    throw new Refused('address', 'an address with a user name in it');
  // A number is not looked up, so it is judged here.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) admit(host, allowsLoopback);
  return url;
}

export const isLoopbackHost = (hostname: string): boolean => {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || (isIP(host) !== 0 && addressKind(host) === 'loopback');
};

function admit(address: string, allowsLoopback: boolean): void {
  const kind = addressKind(address);
  if (kind === 'public' || (kind === 'loopback' && allowsLoopback)) return;
  throw new Refused('address', `${address} is not on the open internet`);
}

/** Resolves a name and gives on only what was checked; one bad address among good ones is a trick, and refused. */
const checkedLookup =
  (allowsLoopback: boolean): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      try {
        for (const { address } of addresses) admit(address, allowsLoopback);
      } catch (refused) {
        return callback(refused as NodeJS.ErrnoException, '', 0);
      }
      const [first] = addresses;
      if (options.all) return callback(null, addresses);
      callback(null, first?.address ?? '', first?.family ?? 0);
    });
  };

async function collect(response: http.IncomingMessage, maxBytes: number): Promise<Buffer> {
  const tooLarge = () => new Refused('too_large', `larger than ${maxBytes} bytes`);
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function failure(error: unknown): GuardedAnswer {
  if (error instanceof Refused) return { ok: false, reason: error.reason, message: error.message };
  const { code, name } = error as { code?: string; name?: string };
  return { ok: false, reason: 'no_answer', message: code ?? name ?? 'unknown' };
}
