import { el, icon } from './dom.mjs';

const MAX_LENGTH = 2000;

/** The text box, and the menu of what else can be sent: {label, symbol, action}. */
export function createComposer({ attachments = [], act }) {
  const input = el('input', {
    type: 'text',
    placeholder: 'Aa',
    maxLength: MAX_LENGTH,
    autocomplete: 'off',
    enterKeyHint: 'send',
    'aria-label': 'Message',
  });
  const send = el('button', { type: 'submit', class: 'round', 'aria-label': 'Send' }, icon('send'));
  const form = el('form', { class: 'composer' }, attachMenu(attachments, act), input, send);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = input.value.trim();
    if (text === '') return;
    input.value = '';
    act({ kind: 'text', text });
  });
  return form;
}

function attachMenu(attachments, act) {
  if (attachments.length === 0) return [];
  const items = attachments.map(({ label, symbol, action }) => {
    const item = el('button', { type: 'button' }, icon(symbol), label);
    item.addEventListener('click', () => act(action));
    return item;
  });
  const menu = el('div', { class: 'attach-menu', hidden: true }, items);
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
  return [menu, plus];
}
