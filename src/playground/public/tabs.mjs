/** On a narrow screen one phone is seen at a time; the others count what they receive. */
export function createTabs() {
  const buttons = [...document.querySelectorAll('.tabs [role=tab]')];
  const unread = new Map();
  const counted = new Set();
  let isFirst = true;

  function open(seat) {
    unread.delete(seat);
    for (const button of buttons) {
      const isOpen = button.dataset.seat === seat;
      button.setAttribute('aria-selected', String(isOpen));
      document.getElementById(button.dataset.seat).classList.toggle('is-open', isOpen);
    }
    draw();
    const log = document.querySelector(`#${seat} .log`);
    if (log) log.scrollTop = log.scrollHeight;
  }

  function draw() {
    for (const button of buttons) {
      const badge = button.querySelector('.badge');
      const count = unread.get(button.dataset.seat) ?? 0;
      badge.textContent = String(count);
      badge.hidden = count === 0;
    }
  }

  const isVisible = (seat) => document.getElementById(seat).getClientRects().length > 0;

  /** Messages of the shop that have arrived; those that were there when the page opened are not news. */
  function count(items, seatOf) {
    for (const item of items) {
      if (item.from !== 'shop' || item.state === 'queued' || counted.has(item.id)) continue;
      counted.add(item.id);
      const seat = seatOf(item);
      if (!isFirst && seat && !isVisible(seat)) unread.set(seat, (unread.get(seat) ?? 0) + 1);
    }
    isFirst = false;
    draw();
  }

  for (const button of buttons) button.addEventListener('click', () => open(button.dataset.seat));
  open('customer');
  return { open, count };
}
