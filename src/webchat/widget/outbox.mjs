/** 128 bits, also on pages without https, where crypto.randomUUID is missing. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What the visitor has said and the shop has not stored yet; kept in the browser, so that a reload loses nothing. */
export function createOutbox(storage) {
  const all = () => storage.get('outbox') || [];
  const save = (messages) => storage.set('outbox', messages.length > 0 ? messages : null);
  return {
    all,
    add(what) {
      const id = newId();
      save([...all(), { ...what, id }]);
      return id;
    },
    first: () => all().find(({ isFailed }) => !isFailed),
    remove: (id) => save(all().filter((message) => message.id !== id)),
    fail: (id) => save(all().map((one) => (one.id === id ? { ...one, isFailed: true } : one))),
    /** What the shop is sent; a tapped button's title is its text. */
    bodyOf({ id, text, title, payload, location, referral }) {
      const said = text || title;
      return {
        id,
        ...(said ? { text: said } : {}),
        ...(payload ? { payload } : {}),
        ...(location ? { location } : {}),
        ...(referral ? { referral: referral.slice(0, 200) } : {}),
      };
    },
  };
}
