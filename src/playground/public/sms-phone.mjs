import { createLog } from './conversation.mjs';
import { clockTime, el, icon, withLinks } from './dom.mjs';
import { frame } from './phone-frame.mjs';

/** The owner's phone: it only receives. */
export function createSmsPhone({ root, shopPhone, ownerPhone }) {
  const known = new Map();
  const empty = el(
    'div',
    { class: 'welcome' },
    icon('sms'),
    el('p', {}, 'No SMS yet. Each new order is announced here.'),
  );
  empty.firstChild.classList.add('big-symbol');
  const log = createLog({
    head: empty,
    make: (message) => el('div', { class: 'bubble' }, withLinks(message.sms.body)),
    decorate: (row, message) => {
      row.classList.toggle('is-failed', message.state === 'failed');
      row.querySelector(':scope > .note')?.remove();
      row.append(noteOf(message));
    },
  });
  const footnote = el('p', { class: 'footnote' }, `SMS to ${ownerPhone}`);
  root.replaceChildren(...frame({ name: shopPhone, line: 'Text message' }), log.element, footnote);

  function noteOf({ sms, at, state, error }) {
    if (state === 'failed') return el('div', { class: 'note is-bad' }, `Not delivered: ${error}`);
    const segments = `${sms.segments} ${sms.segments === 1 ? 'segment' : 'segments'}`;
    return el('div', { class: 'note' }, `${clockTime(new Date(at))} · ${segments}`);
  }

  function draw() {
    const messages = [...known.values()]
      .filter((item) => item.sms && item.state !== 'queued')
      .map((item) => ({ ...item, key: item.id, at: Date.parse(item.at), isMine: false }))
      .sort((a, b) => a.at - b.at);
    empty.hidden = messages.length > 0;
    log.show(messages);
  }

  return {
    apply(items) {
      for (const item of items) if (item.person === 'owner') known.set(item.id, item);
      draw();
    },
  };
}
