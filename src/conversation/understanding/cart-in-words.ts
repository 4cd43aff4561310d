import { viewCart } from '../../cart/cart-actions';
import type { CartLine } from '../../cart/cart';
import { normalise } from '../../lib/text';
import type { Turn } from '../turn';
import { cartOf } from '../actions/cart';
import type { Meant } from './meant';
import { readQuantity } from './quantity';

const REMOVE =
  /^(?:please )?(?:remove|delete|take out|alisin|alisin mo|tanggalin|tanggalin mo|wag na|huwag na)\b(.*)$/;
const MAKE =
  /^(?:please )?(?:make|make it|make that|change|change it|gawin|gawing|gawin mo|gawin mong|palitan)\b(.*)$/;
const FILLERS =
  /\b(the|my|a|an|from|cart|basket|it|that|to|into|of|ang|yung|mga|sa|ng|po|please|pls|pcs|x|mo|mong|na)\b/g;

/** "remove the mug", "gawin mong tatlo", "make the blue mug 3" (DLG-4): a line of the cart, and what becomes of it. */
export async function changeOfCart(turn: Turn, text: string): Promise<Meant | null> {
  const typed = normalise(text);
  const [, removed] = REMOVE.exec(typed) ?? [];
  const [, made] = MAKE.exec(typed) ?? [];
  const quantity = made === undefined ? null : readQuantity(made);
  if (removed === undefined && (quantity === null || quantity > 100)) return null;
  const { lines } = await viewCart(turn.trx, cartOf(turn));
  const named = nameIn(removed ?? made ?? '', quantity !== null);
  const fitting = named === '' ? lines : lines.filter((line) => hasWords(line, named));
  const [line] = fitting;
  if (!line) return null;
  if (fitting.length > 1) return { flow: 'change_cart', slots: {} };
  return removed === undefined
    ? { flow: 'set_quantity', slots: { sku: line.sku, quantity } }
    : { flow: 'remove_from_cart', slots: { sku: line.sku } };
}

/** What is left of "the blue mug 3" when the number and the small words are gone. */
function nameIn(text: string, hasNumber: boolean): string {
  const words = text.replace(FILLERS, ' ').split(' ').filter(Boolean);
  return (hasNumber ? words.filter((word) => readQuantity(word) === null) : words).join(' ');
}

const singular = (word: string): string => (word.length > 3 ? word.replace(/s$/, '') : word);

function hasWords(line: CartLine, named: string): boolean {
  const own = normalise(line.name)
    .split(/[ /()-]+/)
    .map(singular);
  return named.split(' ').every((word) => own.includes(singular(word)));
}
