/** The status of the shop's webhook; 0 when nothing answered. */
export async function post(path, body) {
  try {
    const response = await fetch(`/playground/api/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = await response.json().catch(() => ({}));
    return response.ok ? 200 : (answer.status ?? response.status);
  } catch {
    return 0;
  }
}

export async function getInfo() {
  const response = await fetch('/playground/api/info');
  return response.json();
}

/** Asks for the people's messages for as long as the page is seen; everything comes again after a break. */
export function listen(people, { onMessages, onStaff, onState }) {
  let source = null;
  const open = () => {
    source = new EventSource(`/playground/api/events?people=${people.join(',')}`);
    source.addEventListener('open', () => onState(true));
    source.addEventListener('error', () => {
      onState(false);
      // A stream that was refused is given up by the browser; one that broke is resumed by it.
      if (source?.readyState === EventSource.CLOSED) retry = setTimeout(reopen, 3000);
    });
    source.addEventListener('messages', (event) => onMessages(JSON.parse(event.data)));
    source.addEventListener('staff', (event) => onStaff(JSON.parse(event.data)));
  };
  const close = () => {
    clearTimeout(retry);
    source?.close();
    source = null;
  };
  const reopen = () => {
    close();
    if (!document.hidden) open();
  };
  let retry = 0;
  document.addEventListener('visibilitychange', reopen);
  reopen();
  return () => {
    document.removeEventListener('visibilitychange', reopen);
    close();
  };
}
