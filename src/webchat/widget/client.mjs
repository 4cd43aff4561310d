import { createConnection } from './connection.mjs';
import { createOutbox } from './outbox.mjs';

const LONGEST_PAUSE_MS = 15_000;
/** What the server waits for news, and room for a slow network. */
const WAIT_S = 25;

/**
 * The chat behind the panel: what the shop's database has, and what is on its way there. It sends one message after the
 * other, each with an id of its own until the shop has stored it, so that a bad network loses none, doubles none and
 * keeps their order; it fetches from where it left off.
 */
export function createClient({ origin, business, storage, referral, onChange }) {
  const connection = createConnection({ origin, business, storage });
  const outbox = createOutbox(storage);
  /** By id; the order is that of time. */
  const items = new Map();
  /** Pictures that are not sent yet, by the message's id: they do not outlive the page. */
  const pictures = new Map();
  let cursor = null;
  let isListening = false;
  let isSending = false;
  let isOnline = true;
  let isRefused = false;
  let isRead = false;
  let stopWaiting = () => undefined;
  let wakeUp = () => undefined;

  /** Waits longer after each failure; a network that comes back ends the wait. */
  const pause = (failures, atLeastMs = 0) =>
    new Promise((resolve) => {
      const ms = Math.max(Math.min(500 * 2 ** failures, LONGEST_PAUSE_MS), atLeastMs);
      const timer = setTimeout(resolve, ms * (0.75 + Math.random() / 2));
      const before = wakeUp;
      wakeUp = () => {
        before();
        clearTimeout(timer);
        resolve();
      };
    });
  const wake = () => {
    const all = wakeUp;
    wakeUp = () => undefined;
    all();
  };

  function note(state) {
    isOnline = state !== 'offline';
    if (state === 'refused') isRefused = true;
    onChange();
  }

  async function sendAll() {
    if (isSending) return;
    isSending = true;
    let failures = 0;
    for (let message = outbox.first(); message && !isRefused; message = outbox.first()) {
      const answer = await transmit(message);
      if (answer.ok) {
        failures = 0;
        outbox.remove(message.id);
        pictures.delete(message.id);
        take([{ ...asItem(message), at: answer.body.at, delivery: undefined }]);
        note('online');
      } else if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
        if (answer.status === 403 || answer.status === 404) note('refused');
        outbox.fail(message.id);
        onChange();
      } else {
        note(answer.status === 0 ? 'offline' : 'online');
        await pause(failures, answer.retryAfterMs);
        failures += 1;
      }
    }
    isSending = false;
  }

  function transmit(message) {
    if (!message.isPicture) return connection.post('/webchat/messages', outbox.bodyOf(message));
    const picture = pictures.get(message.id);
    return picture
      ? connection.upload(`/webchat/files?id=${message.id}`, picture)
      : Promise.resolve({ ok: false, status: 410 });
  }

  async function listen() {
    if (isListening) return;
    isListening = true;
    let failures = 0;
    while (isListening && !isRefused) {
      await whenVisible();
      const gone = new AbortController();
      stopWaiting = () => gone.abort();
      const query = `wait=${cursor === null ? 0 : WAIT_S}&open=${isRead ? 1 : 0}`;
      const answer = await connection.get(`/webchat/messages?${query}`, cursor, gone.signal);
      if (answer.ok) {
        failures = 0;
        cursor = answer.body.next_cursor;
        take(answer.body.data);
        note('online');
      } else if (answer.status === 403 || answer.status === 404) {
        note('refused');
      } else if (answer.status !== 'stopped') {
        note(answer.status === 0 ? 'offline' : 'online');
        await pause(failures, answer.retryAfterMs);
        failures += 1;
      }
    }
  }

  function take(news) {
    for (const item of news) {
      // Known by the browser's own id from the moment of sending on.
      const id = item.client_id || item.id;
      items.set(id, { ...item, id });
      if (item.client_id) outbox.remove(item.client_id);
    }
    if (news.length > 0) onChange();
  }

  /** A page in the background neither asks nor drains the battery. */
  const whenVisible = () =>
    document.visibilityState === 'visible'
      ? Promise.resolve()
      : new Promise((resolve) =>
          document.addEventListener('visibilitychange', resolve, { once: true }),
        );

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) stopWaiting();
  });
  window.addEventListener('online', () => {
    stopWaiting();
    wake();
  });
  window.addEventListener('offline', () => {
    stopWaiting();
    note('offline');
  });

  return {
    listen: () => void listen(),
    /** `what`: text, payload, location. */
    send(what) {
      const isFirst = !storage.get('hasStarted');
      storage.set('hasStarted', true);
      outbox.add(isFirst && referral ? { ...what, referral } : what);
      onChange();
      void sendAll();
      void listen();
    },
    sendPicture(picture, title) {
      storage.set('hasStarted', true);
      pictures.set(outbox.add({ title, isPicture: true }), picture);
      onChange();
      void sendAll();
      void listen();
    },
    /** What was left unsent when the page was closed. */
    resume() {
      void sendAll();
    },
    /** The panel is open before the visitor's eyes, or not any more. */
    setRead(value) {
      if (isRead === value) return;
      isRead = value;
      stopWaiting();
    },
    messages: () => [
      ...[...items.values()].sort((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1)),
      ...outbox
        .all()
        .filter(({ id }) => !items.has(id))
        .map(asItem),
    ],
    get state() {
      if (isRefused) return 'refused';
      return isOnline && navigator.onLine !== false ? 'online' : 'offline';
    },
    get shop() {
      return connection.shop();
    },
  };
}

const asItem = ({ id, text, title, isFailed }) => ({
  id,
  from: 'visitor',
  text: text || title || '',
  delivery: isFailed ? 'failed' : 'sending',
});
