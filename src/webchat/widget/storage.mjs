/**
 * What this browser keeps of the chat: the visitor's token and what is not sent yet. Where a page may keep nothing
 * (private windows, embedded views), it lives as long as the page.
 */
export function openStorage(name) {
  const memory = new Map();
  const keyOf = (key) => `${name} ${key}`;
  return {
    get(key) {
      try {
        const text = localStorage.getItem(keyOf(key));
        if (text !== null) return JSON.parse(text);
      } catch {
        // Not readable, or not ours: as if there were nothing.
      }
      return memory.has(key) ? memory.get(key) : null;
    },
    set(key, value) {
      memory.set(key, value);
      try {
        if (value === null) localStorage.removeItem(keyOf(key));
        else localStorage.setItem(keyOf(key), JSON.stringify(value));
      } catch {
        // Full or forbidden: the page's memory has it.
      }
    },
  };
}
