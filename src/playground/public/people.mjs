/** This browser's people: ids in the shape of Messenger's, so that two visitors' shops do not mix. */
const KEY = 'tindera-playground-people';

export const OWNER = 'owner';

export function loadPeople() {
  try {
    const saved = JSON.parse(localStorage.getItem(KEY) ?? 'null');
    if (saved?.customer && saved?.admin) return saved;
  } catch {
    // Storage is off or was written by something else: new people then.
  }
  return save({ customer: newId(), admin: newId() });
}

export const withNewCustomer = (people) => save({ ...people, customer: newId() });

function save(people) {
  try {
    localStorage.setItem(KEY, JSON.stringify(people));
  } catch {
    // Without storage a reload brings new people, and all else works.
  }
  return people;
}

/** 16 digits that start with 7. */
function newId() {
  const digits = crypto.getRandomValues(new Uint8Array(15));
  return `7${Array.from(digits, (digit) => digit % 10).join('')}`;
}

/** The platform's id of a message. */
export function newMid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `m_${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
