import { newMid } from './people.mjs';
import { post } from './server.mjs';

/** The shop's own word for "it is being typed" ends after about 20 s on a real phone, too. */
const TYPING_MS = 20_000;

/**
 * One person's conversation: what the shop's database has, and what is on its way there. `changed()` is called after
 * every change.
 */
export function createThread(changed) {
  /** By mid, or by our id for what the shop sent. */
  const stored = new Map();
  const sending = new Map();
  let person = '';

  /** Everything in its order. */
  function messages() {
    const known = [...stored.values()].filter(
      (item) => item.from === 'person' || (item.message && item.state !== 'queued'),
    );
    const onTheirWay = [...sending.values()].filter(({ key }) => !stored.has(key));
    return [...known.map(asMessage), ...onTheirWay].sort((a, b) => a.at - b.at);
  }

  /** The shop is at work on something: a message is not handled yet, or an answer is on its way. */
  function isBusy() {
    const since = Date.now() - TYPING_MS;
    return (
      [...stored.values()].some(
        ({ state, seenAt }) => (state === 'pending' || state === 'queued') && seenAt > since,
      ) ||
      [...sending.values()].some(
        ({ key, state, sentAt }) => state === 'sent' && !stored.has(key) && sentAt > since,
      )
    );
  }

  /** A tap or a typed line: on the screen at once, then to the shop's webhook. */
  function act(action) {
    const key = newMid();
    const latest = messages().at(-1)?.at ?? 0;
    const message = {
      key,
      // This clock may be behind the shop's; what is written now comes last all the same.
      at: Math.max(Date.now(), latest + 1),
      isMine: true,
      event: asEvent(action),
      action: { ...action, person, mid: key },
    };
    sending.set(key, message);
    void transmit(message);
  }

  async function transmit(message) {
    Object.assign(message, { state: 'sending', sentAt: Date.now() });
    changed();
    const status = await post('send', message.action);
    message.state = status === 200 ? 'sent' : 'not_sent';
    message.error = status ? `Not sent (${status}).` : 'Not sent.';
    changed();
  }

  return {
    messages,
    isBusy,
    act,
    again: (message) => void transmit(message),
    get person() {
      return person;
    },
    start(next) {
      person = next;
      stored.clear();
      sending.clear();
      changed();
    },
    apply(items) {
      for (const item of items.filter((candidate) => candidate.person === person)) {
        const key = item.mid ?? item.id;
        stored.set(key, { ...item, seenAt: stored.get(key)?.seenAt ?? Date.now() });
        sending.delete(key);
      }
      changed();
    },
  };
}

const asMessage = (item) => ({
  key: item.mid ?? item.id,
  at: Date.parse(item.at),
  isMine: item.from === 'person',
  state: item.state,
  event: item.event,
  content: item.message,
  error: item.error,
});

/** What the shop will make of it, so that the bubble need not change. */
function asEvent(action) {
  if (action.kind === 'image') return { attachments: [{ type: 'image', url: action.url }] };
  if (action.kind === 'location') return { attachments: [{ ...action, type: 'location' }] };
  return { text: action.text ?? action.title };
}
