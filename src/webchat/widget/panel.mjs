import { el } from '../../playground/public/dom.mjs';
import { choiceButton, shopBubble, visitorBubble } from './bubbles.mjs';
import { createComposer } from './composer.mjs';
import css from './widget.css';

/** A button that was tapped rests until the shop answers; should it not, it can be tapped again. */
const REST_MS = 6_000;
const NEAR_END_PX = 80;

/** The button in the corner and the chat that it opens, in a shadow root that the page's styles do not reach. */
export function createPanel({ id, origin, client, storage, words, color, title }) {
  const element = el('div', { id });
  const root = element.attachShadow({ mode: 'open' });
  addStyle(root, css);
  if (color && CSS.supports('color', color)) element.style.setProperty('--tindera-color', color);

  const badge = el('span', { class: 'badge', hidden: true });
  const launcher = el(
    'button',
    { type: 'button', class: 'launcher', 'aria-expanded': 'false', 'aria-label': words.open },
    bubbleIcon(),
    badge,
  );
  const heading = el('h2', {}, title || client.shop || words.open);
  const close = el('button', { type: 'button', class: 'close', 'aria-label': words.close }, '×');
  const log = el('div', {
    class: 'log',
    role: 'log',
    tabIndex: 0,
    'aria-live': 'polite',
    'aria-label': words.messages,
  });
  const choices = el('div', { class: 'choices', role: 'group', 'aria-label': words.choices });
  const status = el('div', { class: 'status', role: 'status' });
  const composer = createComposer({
    words,
    onText: (text) => client.send({ text }),
    onPicture: (picture) => client.sendPicture(picture, words.picture),
  });
  const panel = el(
    'section',
    { class: 'panel', role: 'dialog', hidden: true, 'aria-label': title || words.open },
    el('header', {}, heading, close),
    log,
    choices,
    status,
    composer.element,
  );
  root.append(launcher, panel);

  let isOpen = false;
  /** The row of each message, made once. */
  const rows = new Map();
  /** The shop's newest message that was before the visitor's eyes. */
  let seen = storage.get('seen') || 0;
  /** A tap that the shop has not answered yet. */
  let resting = null;

  function setOpen(open, takesFocus = true) {
    isOpen = open;
    storage.set('isOpen', open);
    panel.hidden = !open;
    launcher.setAttribute('aria-expanded', String(open));
    element.classList.toggle('is-open', open);
    client.setRead(open);
    if (open) {
      client.listen();
      client.resume();
      // Nobody should sit before an empty window and guess what to write.
      if (!storage.get('hasStarted')) client.send({ payload: 'GET_STARTED' });
    }
    draw();
    log.scrollTop = log.scrollHeight;
    if (takesFocus) (open ? composer : launcher).focus();
  }

  function tap(choice) {
    if (resting) return;
    const mine = { after: newestOf(fromShop()) };
    resting = mine;
    setTimeout(() => {
      if (resting === mine) resting = null;
      draw();
    }, REST_MS);
    client.send({ title: choice.title, payload: choice.value });
    // The button that had the focus goes; the keyboard stays in the chat.
    composer.focus();
  }

  const fromShop = () => client.messages().filter(({ from }) => from === 'shop');

  function draw() {
    const messages = client
      .messages()
      .filter(({ text, attachment, message }) => text || attachment || message);
    if (resting && newestOf(fromShop()) > resting.after) resting = null;
    heading.textContent = title || client.shop || words.open;
    drawLog(messages);
    drawChoices(messages);
    drawStatus();
    drawBadge(fromShop());
  }

  function drawLog(messages) {
    const wasAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
    const wanted = messages.map(rowOf);
    const kept = new Set(wanted);
    for (const row of [...log.children]) if (!kept.has(row)) row.remove();
    // Rows that are in their place stay untouched: a screen reader reads only what is new.
    wanted.forEach((row, at) => {
      if (log.children[at] !== row) log.insertBefore(row, log.children[at] || null);
    });
    if (wasAtEnd) log.scrollTop = log.scrollHeight;
  }

  function rowOf(item) {
    const signature = `${item.delivery} ${item.delivery && client.state}`;
    const known = rows.get(item.id);
    if (known && known.signature === signature) return known.row;
    const row =
      item.from === 'shop'
        ? shopBubble(item.message, { origin, words, tap })
        : visitorBubble(item, { words, isOnline: client.state === 'online' });
    rows.set(item.id, { row, signature });
    return row;
  }

  /** As in other chats, answers to choose from are gone as soon as anything follows. */
  function drawChoices(messages) {
    const last = messages[messages.length - 1];
    const offered = (last && last.from === 'shop' && last.message.choices) || [];
    const shows = JSON.stringify([last && last.id, offered.length]);
    if (choices.dataset.shows !== shows) {
      choices.dataset.shows = shows;
      choices.replaceChildren(...offered.map((choice) => choiceButton(choice, tap)));
    }
    for (const button of root.querySelectorAll('.choice')) button.disabled = resting !== null;
  }

  function drawStatus() {
    const { state } = client;
    const text = state === 'refused' ? words.unavailable : state === 'offline' ? words.offline : '';
    if (status.textContent !== text) status.textContent = text;
    composer.setDisabled(state === 'refused');
  }

  function drawBadge(messages) {
    if (isOpen && messages.length > 0 && newestOf(messages) !== seen) {
      seen = newestOf(messages);
      storage.set('seen', seen);
    }
    const unread = isOpen ? 0 : messages.filter((message) => numberOf(message) > seen).length;
    badge.hidden = unread === 0;
    badge.textContent = unread > 9 ? '9+' : String(unread);
    const label = unread === 0 ? words.open : `${words.open}, ${words.unread(unread)}`;
    launcher.setAttribute('aria-label', label);
  }

  launcher.addEventListener('click', () => setOpen(!isOpen));
  close.addEventListener('click', () => setOpen(false));
  panel.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') setOpen(false);
  });
  return { element, draw, open: (takesFocus) => setOpen(true, takesFocus) };
}

/** The shop's messages are numbered in their order: "out-42". */
const numberOf = ({ id }) => Number(id.slice(id.indexOf('-') + 1));
const newestOf = (messages) => messages.reduce((most, one) => Math.max(most, numberOf(one)), 0);

/** A page whose policy forbids inline styles allows a sheet that a script has made. */
function addStyle(root, text) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    root.adoptedStyleSheets = [sheet];
  } catch {
    root.append(el('style', {}, text));
  }
}

function bubbleIcon() {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute(
    'd',
    'M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-8l-5 4v-4H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z',
  );
  svg.append(path);
  return svg;
}
