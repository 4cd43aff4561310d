import { searchProducts } from '../../catalog/catalog-store';
import { normalise } from '../../lib/text';
import { label, words, type Slots, type Turn } from '../turn';
import { numberOf } from './quantity';

/** Words around an order that name nothing: "I want to order 2 blue mugs please". */
const FILLERS = new Set(
  `i we want would like to buy order get need have can please pls po opo add give me us the of some more a an
   pabili pa bili bibili gusto ko kong kami namin nga ng mga sana lang yung ang na at
   do you is there any looking for show meron mayroon may ba kayo available how much magkano is are pcs pc piraso pieces piece x`
    .split(/\s+/),
);
/** From this many misunderstandings in a row on, a person is offered (DLG-4). */
const MISSES_BEFORE_HELP = 2;
const MAX_FOUND = 10;

/**
 * A text that answers no question: perhaps it names a product. Gives the flow to go to, or says that it was not understood
 * and returns null.
 */
export async function understandFreeText(turn: Turn): Promise<{ flow: string; slots: Slots } | null> {
  const text = turn.input.kind === 'text' ? turn.input.text : '';
  const { quantity, name } = orderIn(text);
  if (name.length >= 2) {
    const found = await searchProducts(turn.trx, turn.business.id, name, MAX_FOUND);
    if (found.length === 1) {
      turn.memory.misses = 0;
      const [product] = found;
      return quantity === undefined
        ? { flow: 'product', slots: { sku: product!.sku } }
        : { flow: 'add_to_cart', slots: { sku: product!.sku, quantity } };
    }
    if (found.length > 1) {
      turn.memory.misses = 0;
      return { flow: 'search', slots: { query: name.slice(0, 60) } };
    }
  }
  notUnderstood(turn);
  return null;
}

/** "2 black tees po" -> 2 and "black tees". */
export function orderIn(text: string): { quantity?: number; name: string } {
  const tokens = normalise(text.slice(0, 200)).split(' ');
  const first = tokens.find((token) => !FILLERS.has(token));
  const quantity = first === undefined ? undefined : numberOf(first);
  const isQuantity = quantity !== undefined && quantity >= 1 && quantity <= 100;
  const name = tokens
    .filter((token, index) => !FILLERS.has(token) && !(isQuantity && index === tokens.indexOf(first!)))
    .join(' ');
  return isQuantity ? { quantity, name } : { name };
}

function notUnderstood(turn: Turn): void {
  turn.memory.misses += 1;
  const offersHelp = turn.memory.misses >= MISSES_BEFORE_HELP;
  const template = offersHelp ? 'not_understood_again' : 'not_understood';
  turn.replies.push({
    text: words(turn, template),
    choices: [
      ...turn.memory.options.filter((option) => !/^(AGENT|MENU)$/.test(option.value)).slice(0, 8),
      { title: label(turn, 'not_understood', 'menu'), value: 'MENU' },
      ...(offersHelp ? [{ title: label(turn, 'not_understood', 'agent'), value: 'AGENT' }] : []),
    ],
  });
}
