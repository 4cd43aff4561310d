import { el, icon, withLinks } from './dom.mjs';

/** What Messenger shows for a message of the shop. `tap(action)` is called for its buttons. */
export function shopBubble(message, { tap, localUrl }) {
  const attachment = message?.attachment;
  if (typeof message?.text === 'string')
    return el('div', { class: 'bubble' }, withLinks(message.text));
  if (attachment?.type === 'image') return picture(localUrl(attachment.payload.url));
  const template = attachment?.payload;
  if (template?.template_type === 'generic') return carousel(template, { tap, localUrl });
  if (template?.template_type === 'button') {
    const text = el('div', { class: 'bubble' }, withLinks(template.text));
    return el('div', { class: 'with-buttons' }, text, buttons(template.buttons, tap));
  }
  return el('div', { class: 'bubble' }, `[${attachment?.type ?? 'message'}]`);
}

/** What the person did, as their own phone shows it. */
export function personBubble(event, { localUrl }) {
  const attachment = event.attachments?.[0];
  if (attachment?.type === 'image') return picture(localUrl(attachment.url));
  if (attachment?.type === 'location') {
    const where = `${attachment.latitude?.toFixed(4)}, ${attachment.longitude?.toFixed(4)}`;
    const words = el('div', {}, attachment.title ?? 'Location', el('small', {}, where));
    return el('div', { class: 'place' }, icon('pin'), words);
  }
  return el(
    'div',
    { class: 'bubble' },
    withLinks(event.text || `[${attachment?.type ?? 'message'}]`),
  );
}

function picture(url) {
  const image = el('img', { class: 'picture', src: url, alt: 'Picture' });
  image.addEventListener('error', () =>
    image.replaceWith(el('div', { class: 'bubble' }, '[picture]')),
  );
  return image;
}

function carousel({ elements, image_aspect_ratio: ratio }, context) {
  const cards = el(
    'div',
    { class: 'cards' },
    elements.map((element) => card(element, ratio, context)),
  );
  const arrow = (direction, name) => {
    const button = el(
      'button',
      { type: 'button', class: `turn is-${name}`, 'aria-label': name },
      icon('next'),
    );
    button.addEventListener('click', () =>
      cards.scrollBy({ left: direction * 225, behavior: 'smooth' }),
    );
    return button;
  };
  const [back, next] = [arrow(-1, 'back'), arrow(1, 'next')];
  const update = () => {
    back.hidden = cards.scrollLeft < 8;
    next.hidden = cards.scrollLeft + cards.clientWidth > cards.scrollWidth - 8;
  };
  cards.addEventListener('scroll', update, { passive: true });
  new ResizeObserver(update).observe(cards);
  return el('div', { class: 'carousel' }, cards, back, next);
}

function card(element, ratio, { tap, localUrl }) {
  const children = [];
  if (element.image_url) {
    const image = el('img', { src: localUrl(element.image_url), alt: '', loading: 'lazy' });
    image.addEventListener('error', () => image.remove());
    const frame = el('div', { class: `shot${ratio === 'square' ? ' is-square' : ''}` }, image);
    // Seen only while the picture loads, or when there is none.
    frame.prepend(el('span', { 'aria-hidden': 'true' }));
    children.push(frame);
  }
  const subtitle = element.subtitle?.trim() ? element.subtitle : '';
  children.push(el('div', { class: 'words' }, el('strong', {}, element.title), subtitle));
  if (element.buttons) children.push(buttons(element.buttons, tap));
  return el('article', { class: 'card' }, children);
}

function buttons(list, tap) {
  return el(
    'div',
    { class: 'buttons' },
    list.map((button) => {
      if (button.type === 'web_url') {
        return el(
          'a',
          { href: button.url, target: '_blank', rel: 'noopener noreferrer' },
          button.title,
        );
      }
      const element = el('button', { type: 'button' }, button.title);
      element.addEventListener('click', () =>
        tap({ kind: 'postback', title: button.title, payload: button.payload }),
      );
      return element;
    }),
  );
}
