import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import {
  lastCustomer,
  namedCustomers,
  type NamedCustomer,
} from '../../customers/named-customer-store';
import { say, type Turn } from '../turn';

/** More would not help anybody to choose. */
const SHOWN = 10;
/** A customer's number is shorter than any phone's. */
const ID = /^#?(\d{1,9})$/;

/** The customer that a command names: number, phone, name, or "last". Says so when there is none, or more than one. */
export async function findNamedCustomer(
  turn: Turn,
  command: string,
  args: readonly string[],
): Promise<NamedCustomer | null> {
  const reference = args.join(' ').slice(0, 80);
  if (reference === '') {
    say(turn, 'admin_customer_usage', { command });
    return null;
  }
  const found = await search(turn, reference);
  if (found.length === 1) return found[0]!;
  if (found.length === 0) say(turn, 'admin_customer_not_found', { reference });
  else {
    const choices = found.map(({ id }) => ({ title: `#${id}`, value: `${command} ${id}` }));
    const lines = found.map((one) => `#${one.id} ${nameOf(one)} ${one.phone ?? ''}`.trim());
    say(turn, 'admin_customer_ambiguous', { reference, lines: lines.join('\n') }, { choices });
  }
  return null;
}

async function search({ trx, business }: Turn, reference: string): Promise<NamedCustomer[]> {
  if (reference.toLowerCase() === 'last') {
    const last = await lastCustomer(trx, business.id);
    return last ? [last] : [];
  }
  const id = ID.exec(reference)?.[1];
  if (id !== undefined) return namedCustomers(trx, business.id, { id: Number(id) }, SHOWN);
  const phone = parsePhoneNumberFromString(reference, business.country as CountryCode);
  if (phone?.isValid()) return namedCustomers(trx, business.id, { phone: phone.number }, SHOWN);
  return namedCustomers(trx, business.id, { name: reference }, SHOWN);
}

/** Who has not told a name yet goes by their number. */
export const nameOf = ({ id, name, phone }: NamedCustomer): string => name ?? phone ?? `#${id}`;
