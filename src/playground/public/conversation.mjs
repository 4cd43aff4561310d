import { dayAndTime, el } from './dom.mjs';

const PAUSE_MS = 10 * 60_000;
const NEAR_END_PX = 120;

/**
 * The scrolling list of a chat. Each message's element is made once and stays, so that a carousel keeps its place and
 * pictures do not flicker; order, grouping and times follow what is known now.
 */
export function createLog({ head, make, decorate }) {
  const tail = el('div', { class: 'tail' });
  const log = el('div', { class: 'log', role: 'log' }, head, tail);
  const rows = new Map();
  let hasHistory = false;
  let tailSignature = '';

  /** @param messages in their order: {key, at, isMine, …} */
  function show(messages) {
    const wasNearEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
    const keys = new Set(messages.map((message) => message.key));
    for (const [key, row] of rows) {
      if (!keys.has(key)) {
        row.element.remove();
        rows.delete(key);
      }
    }
    for (const when of log.querySelectorAll('.when')) when.remove();

    log.classList.toggle('is-empty', messages.length === 0);
    let isOwnNew = false;
    let last = head;
    messages.forEach((message, index) => {
      const [before, next] = [messages[index - 1], messages[index + 1]];
      let row = rows.get(message.key);
      if (!row) {
        row = { element: el('div', { class: 'row' }, make(message)) };
        if (hasHistory) row.element.classList.add('is-new');
        rows.set(message.key, row);
        isOwnNew ||= message.isMine;
      }
      const isPause = !before || message.at - before.at > PAUSE_MS;
      if (isPause)
        last = place(el('div', { class: 'when' }, dayAndTime(new Date(message.at))), last);
      last = place(row.element, last);
      const { classList } = row.element;
      classList.toggle('is-mine', message.isMine);
      classList.toggle('is-grouped', !isPause && before.isMine === message.isMine);
      classList.toggle(
        'has-next',
        next?.isMine === message.isMine && next.at - message.at <= PAUSE_MS,
      );
      decorate?.(row.element, message, messages, index);
    });
    if (messages.length > 0) hasHistory = true;
    if (wasNearEnd || isOwnNew) toEnd();
  }

  /** Below the last message: typing, choices. Made again only when `signature` changes, so that no tap falls between. */
  function setTail(signature, makeChildren) {
    if (signature === tailSignature) return;
    tailSignature = signature;
    const wasNearEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
    tail.replaceChildren(...makeChildren());
    if (wasNearEnd) toEnd();
  }

  function place(element, after) {
    if (after.nextSibling !== element) after.after(element);
    return element;
  }

  const toEnd = () => {
    log.scrollTop = log.scrollHeight;
  };

  function clear() {
    rows.clear();
    log.replaceChildren(head, tail);
    tail.replaceChildren();
    tailSignature = '';
    hasHistory = false;
  }

  return { element: log, show, setTail, toEnd, clear };
}
