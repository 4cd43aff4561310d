import { personBubble, shopBubble } from './bubbles.mjs';
import { createComposer } from './composer.mjs';
import { createLog } from './conversation.mjs';
import { clockTime, el } from './dom.mjs';
import { frame } from './phone-frame.mjs';
import { createThread } from './thread.mjs';

const REDRAW_WHILE_BUSY_MS = 1000;
const TICKS = {
  sending: 'Sending…',
  sent: '✓ Sent',
  pending: '✓✓ Delivered',
  done: '✓✓ Seen',
  ignored: '✓✓ Seen',
};

/**
 * A Messenger phone.
 * @param options root, shop, localUrl(url); greeting of an empty chat; and where wanted: getStarted, attachments,
 *   suggestions({isStaff}) above the text box, footer({isStaff}) below the last message
 */
export function createMessengerPhone(options) {
  const { root, shop, localUrl } = options;
  const thread = createThread(draw);
  const { act } = thread;
  const log = createLog({
    head: welcome(shop, options.greeting),
    make: ({ isMine, event, content }) =>
      isMine ? personBubble(event, { localUrl }) : shopBubble(content, { tap: act, localUrl }),
    decorate,
  });
  const above = el('div');
  const head = frame({ name: shop, line: 'Messenger', isOnline: true });
  const composer = createComposer({ attachments: options.attachments, act });
  root.replaceChildren(...head, log.element, above, composer);
  let isStaff = false;
  let timer = 0;

  function draw() {
    const messages = thread.messages();
    const isBusy = thread.isBusy();
    const last = messages.at(-1);
    const replies = quickRepliesOf(last);
    log.show(messages);
    log.setTail(JSON.stringify([thread.person, isStaff, isBusy, last?.key, replies.length]), () =>
      [
        isBusy ? typing() : null,
        replies.length > 0 ? el('div', { class: 'chips' }, replies.map(quickReply)) : null,
        options.footer?.({ isStaff }),
      ].filter(Boolean),
    );
    drawAbove(messages.length === 0);
    clearTimeout(timer);
    if (isBusy) timer = setTimeout(draw, REDRAW_WHILE_BUSY_MS);
  }

  /** Made again only when it changes, so that no tap falls between. */
  function drawAbove(isEmpty) {
    const words = options.suggestions?.({ isStaff }) ?? [];
    const shows = JSON.stringify([isEmpty, words]);
    if (above.dataset.shows === shows) return;
    above.dataset.shows = shows;
    const chips = words.map((text) => chip(text, () => act({ kind: 'text', text })));
    if (options.getStarted && isEmpty) above.replaceChildren(getStarted(act));
    else
      above.replaceChildren(
        ...(chips.length > 0 ? [el('div', { class: 'suggestions' }, chips)] : []),
      );
  }

  function quickReply({ title, payload }) {
    return chip(title, () => act({ kind: 'quick_reply', title, payload }));
  }

  function decorate(row, message, messages, index) {
    row.title = clockTime(new Date(message.at));
    row.classList.toggle('is-failed', ['failed', 'not_sent'].includes(message.state));
    row.querySelector(':scope > .note')?.remove();
    row.append(...noteOf(message, messages, index));
  }

  function noteOf(message, messages, index) {
    if (message.state === 'not_sent') {
      const again = el('button', { type: 'button' }, 'Try again');
      again.addEventListener('click', () => thread.again(message));
      return [el('div', { class: 'note is-bad' }, `${message.error} `, again)];
    }
    if (!message.isMine) {
      if (message.state !== 'failed') return [];
      return [el('div', { class: 'note is-bad' }, `Not delivered: ${message.error}`)];
    }
    const isLastOfMine = !messages.slice(index + 1).some((later) => later.isMine);
    return isLastOfMine
      ? [el('div', { class: 'note' }, TICKS[message.state] ?? TICKS.pending)]
      : [];
  }

  return {
    apply: thread.apply,
    /** Another person takes the phone. */
    setPerson(person) {
      isStaff = false;
      log.clear();
      thread.start(person);
    },
    setStaff(people) {
      isStaff = people.includes(thread.person);
      draw();
    },
  };
}

/** As in Messenger, quick replies are gone as soon as anything follows. */
function quickRepliesOf(last) {
  if (!last || last.isMine || last.state === 'failed') return [];
  return last.content?.quick_replies ?? [];
}

function welcome(shop, greeting) {
  return el(
    'div',
    { class: 'welcome' },
    el('div', { class: 'avatar', 'aria-hidden': 'true' }, shop[0] ?? 'T'),
    el('strong', {}, shop),
    el('p', {}, greeting),
  );
}

function getStarted(act) {
  const button = el('button', { type: 'button', class: 'big-button' }, 'Get Started');
  button.addEventListener('click', () =>
    act({ kind: 'postback', title: 'Get Started', payload: 'GET_STARTED' }),
  );
  return el('div', { class: 'start' }, button);
}

function chip(text, onTap) {
  const button = el('button', { type: 'button', class: 'chip' }, text);
  button.addEventListener('click', onTap);
  return button;
}

const typing = () =>
  el(
    'div',
    { class: 'row' },
    el('div', { class: 'bubble typing', 'aria-label': 'Typing' }, el('i'), el('i'), el('i')),
  );
