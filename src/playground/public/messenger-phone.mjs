import { personBubble, shopBubble } from './bubbles.mjs';
import { createLog } from './conversation.mjs';
import { clockTime, el, icon } from './dom.mjs';
import { newMid } from './people.mjs';
import { frame } from './phone-frame.mjs';
import { post } from './server.mjs';

/** Typing disappears after about 20 s on a real phone, too. */
const TYPING_MS = 20_000;

/**
 * @param options {root, shop, localUrl, greeting, suggestions, attachments, footer(phone)}
 */
export function createMessengerPhone(options) {
  const { root, shop, localUrl } = options;
  const known = new Map();
  const sending = new Map();
  let person = '';
  let isStaff = false;
  let typingTimer = 0;

  const greeting = el(
    'div',
    { class: 'welcome' },
    el('div', { class: 'avatar', 'aria-hidden': 'true' }, shop[0] ?? 'T'),
    el('strong', {}, shop),
    el('p', {}, options.greeting),
  );
  const log = createLog({
    head: greeting,
    make: (message) =>
      message.isMine
        ? personBubble(message.event, { localUrl })
        : shopBubble(message.content, { tap: act, localUrl }),
    decorate: (row, message, messages, index) => {
      row.title = clockTime(new Date(message.at));
      row.classList.toggle('is-failed', message.state === 'failed' || message.state === 'not_sent');
      row.querySelector(':scope > .note')?.remove();
      const note = noteOf(message, messages, index);
      if (note) row.append(note);
    },
  });
  const above = el('div');
  const composer = createComposer();
  root.replaceChildren(
    ...frame({ name: shop, line: 'Messenger', isOnline: true }),
    log.element,
    above,
    composer,
  );

  /** Everything in its order: what the shop's database has, then what is on its way there. */
  function messages() {
    const stored = [...known.values()]
      .filter((item) => item.from === 'person' || (item.message && item.state !== 'queued'))
      .map((item) => ({
        key: item.mid ?? item.id,
        at: Date.parse(item.at),
        isMine: item.from === 'person',
        state: item.state,
        event: item.event,
        content: item.message,
        error: item.error,
      }));
    const mids = new Set([...known.values()].map((item) => item.mid));
    const own = [...sending.values()].filter((message) => !mids.has(message.key));
    return [...stored, ...own].sort((a, b) => a.at - b.at);
  }

  function draw() {
    const all = messages();
    const isEmpty = all.length === 0;
    const last = all.at(-1);
    // As in Messenger, quick replies are gone as soon as anything follows.
    const replies =
      last && !last.isMine && last.state !== 'failed' ? (last.content?.quick_replies ?? []) : [];
    const busy = isBusy();
    log.show(all);
    log.setTail(JSON.stringify([person, isStaff, busy, last?.key, replies.length]), () =>
      [
        busy ? el('div', { class: 'row' }, typing()) : null,
        replies.length > 0 ? el('div', { class: 'chips' }, replies.map(quickReply)) : null,
        options.footer?.({ isStaff }),
      ].filter(Boolean),
    );
    const aboveNow = JSON.stringify([isEmpty, isStaff]);
    if (above.dataset.shows !== aboveNow) above.replaceChildren(...aboveOf(isEmpty));
    above.dataset.shows = aboveNow;
  }

  function aboveOf(isEmpty) {
    if (options.getStarted && isEmpty) {
      const start = el('button', { type: 'button', class: 'big-button' }, 'Get Started');
      start.addEventListener('click', () =>
        act({ kind: 'postback', title: 'Get Started', payload: 'GET_STARTED' }),
      );
      return [el('div', { class: 'start' }, start)];
    }
    const words = options.suggestions?.({ isStaff }) ?? [];
    if (words.length === 0) return [];
    return [
      el(
        'div',
        { class: 'suggestions' },
        words.map((text) => chip(text, () => act({ kind: 'text', text }))),
      ),
    ];
  }

  /** The shop is at work on something: a message of ours is not handled, or an answer is on its way. */
  function isBusy() {
    const since = Date.now() - TYPING_MS;
    const isAtWork = [...known.values()].some(
      ({ state, seenAt }) => (state === 'pending' || state === 'queued') && seenAt > since,
    );
    const isOnItsWay = [...sending.values()].some(
      ({ key, state, sentAt }) => state === 'sent' && !known.has(key) && sentAt > since,
    );
    clearTimeout(typingTimer);
    if (isAtWork || isOnItsWay) typingTimer = setTimeout(draw, 1000);
    return isAtWork || isOnItsWay;
  }

  function quickReply(reply) {
    return chip(reply.title, () =>
      act({ kind: 'quick_reply', title: reply.title, payload: reply.payload }),
    );
  }

  function noteOf(message, all, index) {
    if (message.state === 'not_sent') {
      const again = el('button', { type: 'button' }, 'Try again');
      again.addEventListener('click', () => transmit(message));
      return el('div', { class: 'note is-bad' }, `${message.error} `, again);
    }
    if (!message.isMine) {
      return message.state === 'failed'
        ? el('div', { class: 'note is-bad' }, `Not delivered: ${message.error}`)
        : null;
    }
    const isLastOfMine = !all.slice(index + 1).some((later) => later.isMine);
    if (!isLastOfMine) return null;
    const words = {
      sending: 'Sending…',
      sent: '✓ Sent',
      pending: '✓✓ Delivered',
      done: '✓✓ Seen',
      ignored: '✓✓ Seen',
    };
    return el('div', { class: 'note' }, words[message.state] ?? '✓✓ Delivered');
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
      state: 'sending',
      event: asEvent(action),
      action: { ...action, person, mid: key },
    };
    sending.set(key, message);
    return transmit(message);
  }

  async function transmit(message) {
    Object.assign(message, { state: 'sending', sentAt: Date.now() });
    draw();
    log.toEnd();
    const status = await post('send', message.action);
    if (status === 200) message.state = 'sent';
    else
      Object.assign(message, {
        state: 'not_sent',
        error: status ? `Not sent (${status}).` : 'Not sent.',
      });
    draw();
  }

  function createComposer() {
    const input = el('input', {
      type: 'text',
      placeholder: 'Aa',
      maxLength: 2000,
      autocomplete: 'off',
      enterKeyHint: 'send',
      'aria-label': 'Message',
    });
    const send = el(
      'button',
      { type: 'submit', class: 'round', 'aria-label': 'Send' },
      icon('send'),
    );
    const form = el('form', { class: 'composer' }, ...attachMenu(), input, send);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (text === '') return;
      input.value = '';
      void act({ kind: 'text', text });
    });
    return form;
  }

  function attachMenu() {
    if (!options.attachments) return [];
    const menu = el('div', { class: 'attach-menu', hidden: true });
    const plus = el(
      'button',
      { type: 'button', class: 'round', 'aria-label': 'Attach' },
      icon('plus'),
    );
    plus.addEventListener('click', (event) => {
      event.stopPropagation();
      menu.hidden = !menu.hidden;
    });
    document.addEventListener('click', () => {
      menu.hidden = true;
    });
    for (const { label, symbol, action } of options.attachments) {
      const item = el('button', { type: 'button' }, icon(symbol), label);
      item.addEventListener('click', () => act(action));
      menu.append(item);
    }
    return [menu, plus];
  }

  return {
    act,
    /** Another person takes the phone. */
    setPerson(next) {
      person = next;
      known.clear();
      sending.clear();
      log.clear();
      draw();
    },
    apply(items) {
      for (const item of items.filter((candidate) => candidate.person === person)) {
        const before = known.get(item.mid ?? item.id);
        const own = sending.get(item.mid);
        known.set(item.mid ?? item.id, { ...item, seenAt: before?.seenAt ?? Date.now() });
        if (own && item.state !== 'pending') sending.delete(item.mid);
      }
      draw();
    },
    setStaff(people) {
      isStaff = people.includes(person);
      draw();
    },
  };
}

function asEvent(action) {
  if (action.kind === 'image') return { attachments: [{ type: 'image', url: action.url }] };
  if (action.kind === 'location') return { attachments: [{ ...action, type: 'location' }] };
  return { text: action.text ?? action.title };
}

function chip(text, onTap) {
  const button = el('button', { type: 'button', class: 'chip' }, text);
  button.addEventListener('click', onTap);
  return button;
}

const typing = () =>
  el('div', { class: 'bubble typing', 'aria-label': 'Typing' }, el('i'), el('i'), el('i'));
