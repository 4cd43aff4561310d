import { el } from '../../playground/public/dom.mjs';
import { shrinkPicture } from './shrink-picture.mjs';

const MAX_LENGTH = 2000;
const MAX_HEIGHT_PX = 120;

/** The text box, with a button for a picture: of a receipt, mostly. */
export function createComposer({ words, onText, onPicture }) {
  const input = el('textarea', {
    rows: 1,
    maxLength: MAX_LENGTH,
    placeholder: words.write,
    enterKeyHint: 'send',
    'aria-label': words.write,
  });
  const file = el('input', { type: 'file', accept: 'image/*', hidden: true });
  const attach = el('button', { type: 'button', 'aria-label': words.attach }, '+');
  const send = el('button', { type: 'submit', 'aria-label': words.send }, '➤');
  const element = el('form', {}, file, attach, input, send);

  const resize = () => {
    input.style.height = 'auto';
    input.style.height = `${Math.min(input.scrollHeight, MAX_HEIGHT_PX)}px`;
  };
  const say = () => {
    const text = input.value.trim();
    if (text === '') return;
    input.value = '';
    resize();
    onText(text);
  };
  input.addEventListener('input', resize);
  input.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    say();
  });
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    say();
  });
  attach.addEventListener('click', () => file.click());
  file.addEventListener('change', async () => {
    const [picture] = file.files;
    // The same file can be chosen again.
    file.value = '';
    if (picture) onPicture(await shrinkPicture(picture));
  });
  return {
    element,
    focus: () => input.focus({ preventScroll: true }),
    setDisabled(isDisabled) {
      for (const part of [input, attach, send]) part.disabled = isDisabled;
    },
  };
}
