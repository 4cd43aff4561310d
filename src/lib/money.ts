/**
 * Money is an integer of minor units (centavos) in code and DECIMAL in the database (CRT-3).
 * Every currency that the product sells in has two decimals.
 */
export type Minor = number;

const DECIMAL = /^(-?)(\d{1,13})(?:\.(\d{1,2})0*)?$/;

/** "150080.00" (a DECIMAL as the driver gives it, or a JSON number) to 15008000. Throws on anything else. */
export function toMinor(decimal: string | number): Minor {
  const match = DECIMAL.exec(typeof decimal === 'number' ? decimal.toFixed(2) : decimal);
  if (!match) throw new RangeError(`not an amount of money: ${decimal}`);
  const [, sign, whole, fraction = ''] = match;
  const minor = Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
  return sign && minor !== 0 ? -minor : minor;
}

/** 15008000 to "150080.00", for the database and for people. */
export function toDecimal(minor: Minor): string {
  if (!Number.isSafeInteger(minor)) throw new RangeError(`not a whole number of cents: ${minor}`);
  const digits = String(Math.abs(minor)).padStart(3, '0');
  return `${minor < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** 15008000 to 150080, for JSON amounts in major units (section 19). */
export function toMajor(minor: Minor): number {
  return minor / 100;
}

/**
 * "P1,500.00": the amount as customers read it. Philippine pesos are written with a plain P, because the peso
 * sign would more than halve what fits into an SMS (CHN-3).
 */
export function displayMoney(minor: Minor, currency: string): string {
  const [whole = '0', cents = '00'] = toDecimal(Math.abs(minor)).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const amount = cents === '00' ? grouped : `${grouped}.${cents}`;
  const sign = minor < 0 ? '-' : '';
  return currency === 'PHP' ? `${sign}P${amount}` : `${sign}${currency} ${amount}`;
}
