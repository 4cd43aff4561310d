import { el, withLinks } from '../../playground/public/dom.mjs';

/** Only pictures that come safely, or from the shop's own server; never a script's or a page's address. */
export function safePicture(url, origin) {
  try {
    const { protocol, origin: from } = new URL(url);
    return protocol === 'https:' || (protocol === 'http:' && from === origin) ? url : null;
  } catch {
    return null;
  }
}

/** What the shop says. All of it is text to us, whatever it looks like. `tap(choice, button)` is called for its buttons. */
export function shopBubble(message, { origin, words, tap }) {
  const text = typeof message.text === 'string' ? message.text : '';
  return el(
    'div',
    { class: 'group' },
    picture(message.image_url, words.picture, origin),
    text.trim() === '' ? null : el('div', { class: 'bubble' }, withLinks(text)),
    message.cards && message.cards.length > 0
      ? el(
          'ul',
          { class: 'cards', tabIndex: 0, 'aria-label': words.choices },
          message.cards.map((card) => el('li', { class: 'card' }, cardParts(card, origin, tap))),
        )
      : null,
  );
}

function cardParts({ title, subtitle, image_url: url, choices = [] }, origin, tap) {
  return [
    picture(url, '', origin),
    el('strong', {}, title),
    subtitle ? el('span', { class: 'subtitle' }, subtitle) : null,
    // "Add to cart" means nothing to who hears it without the card.
    ...choices.map((choice) => choiceButton(choice, tap, `${choice.title}: ${title}`)),
  ];
}

export function choiceButton(choice, tap, label = choice.title) {
  const button = el(
    'button',
    { type: 'button', class: 'choice', 'aria-label': label },
    choice.title,
  );
  button.addEventListener('click', () => tap(choice));
  return button;
}

function picture(url, alt, origin) {
  const safe = url ? safePicture(url, origin) : null;
  if (!safe) return null;
  const image = el('img', {
    class: 'picture',
    src: safe,
    alt,
    loading: 'lazy',
    referrerPolicy: 'no-referrer',
  });
  image.addEventListener('error', () => image.remove());
  return image;
}

/** What the visitor said, and what became of it. */
export function visitorBubble({ text, attachment, delivery }, { words, isOnline }) {
  const note =
    delivery === 'failed'
      ? words.refused
      : delivery === 'sending'
        ? isOnline
          ? words.sending
          : words.waiting
        : '';
  return el(
    'div',
    { class: `group is-mine${delivery === 'failed' ? ' is-failed' : ''}` },
    el('span', { class: 'hidden' }, `${words.you}: `),
    el('div', { class: 'bubble' }, text || (attachment === 'image' ? words.picture : '…')),
    note ? el('small', { class: 'note' }, note) : null,
  );
}
