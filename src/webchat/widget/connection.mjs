/** Longer than the server ever waits; a network that has died silently is noticed after it. */
const TIMEOUT_MS = 40_000;

/** Requests to the shop with the visitor's token, which is made when it is needed. Failures are answers: status 0. */
export function createConnection({ origin, business, storage }) {
  let opening = null;

  async function request(path, { method = 'GET', body, file, headers = {}, signal } = {}) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
    const stop = () => abort.abort();
    if (signal) signal.addEventListener('abort', stop);
    try {
      const response = await fetch(origin + path, {
        method,
        headers: { ...headers, ...typeOf(body, file) },
        body: file || (body && JSON.stringify(body)),
        signal: abort.signal,
        credentials: 'omit',
        cache: 'no-store',
      });
      const seconds = Number(response.headers.get('Retry-After'));
      return {
        ok: response.ok,
        status: response.status,
        retryAfterMs: seconds > 0 ? seconds * 1000 : 0,
        body: await response.json().catch(() => null),
      };
    } catch {
      return { ok: false, status: signal && signal.aborted ? 'stopped' : 0 };
    } finally {
      clearTimeout(timer);
      if (signal) signal.removeEventListener('abort', stop);
    }
  }

  const bearer = () => ({ Authorization: `Bearer ${storage.get('token')}` });

  /** Two requests that need a visitor at once make one. */
  function openSession() {
    opening =
      opening ||
      request('/webchat/sessions', { method: 'POST', body: { business } }).then((answer) => {
        opening = null;
        if (!answer.ok) return answer;
        storage.set('token', answer.body.token);
        storage.set('shop', answer.body.shop);
        return answer;
      });
    return opening;
  }

  async function asVisitor(path, options) {
    if (!storage.get('token')) {
      const opened = await openSession();
      if (!opened.ok) return opened;
    }
    const answer = await request(path, {
      ...options,
      headers: { ...options.headers, ...bearer() },
    });
    if (answer.status !== 401) return answer;
    // The token is too old, or the shop signs with another key: this browser begins anew.
    storage.set('token', null);
    return { ok: false, status: 0 };
  }

  return {
    shop: () => storage.get('shop') || '',
    post: (path, body) => asVisitor(path, { method: 'POST', body }),
    upload: (path, file) => asVisitor(path, { method: 'POST', file }),
    /** The cursor is a header: the address stays the same, and the browser need not ask each time whether it may. */
    get: (path, cursor, signal) =>
      asVisitor(path, { headers: cursor === null ? {} : { 'Last-Event-ID': cursor }, signal }),
  };
}

const typeOf = (body, file) => {
  if (file) return { 'Content-Type': file.type || 'application/octet-stream' };
  return body ? { 'Content-Type': 'application/json' } : {};
};
