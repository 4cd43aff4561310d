import { clockTime, el } from './dom.mjs';

/** The top of a phone: its clock, and who the chat is with. */
export function frame({ name, line, isOnline }) {
  const time = el('span', {}, clockTime(new Date()));
  setInterval(() => (time.textContent = clockTime(new Date())), 10_000);
  const bar = el(
    'div',
    { class: 'status-bar', 'aria-hidden': 'true' },
    time,
    el('i'),
    el('span', { class: 'battery' }),
  );
  const initial = /^\p{L}/u.exec(name)?.[0] ?? '#';
  const avatar = el(
    'div',
    { class: `avatar${isOnline ? ' is-online' : ''}`, 'aria-hidden': 'true' },
    initial,
  );
  const words = el('div', {}, el('strong', {}, name), el('small', {}, line));
  return [bar, el('div', { class: 'chat-head' }, avatar, words)];
}
