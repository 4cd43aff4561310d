import { searchProducts } from '../../catalog/search-products';
import type { Choice } from '../../channels/reply';
import { normalise } from '../../lib/text';
import { label, words, type Turn } from '../turn';
import { changeOfCart } from './cart-in-words';
import type { Meant } from './meant';
import { numberOf } from './quantity';

/** Words around an order that name nothing: "I want to order 2 blue mugs please". */
const FILLERS = new Set(
  `i we want would like to buy order get need have can please pls po opo add give me us the of some more a an
   pabili pa ng bili bibili gusto ko kong kami namin nga mga sana lang yung ang na at
   do you is there any looking for show meron mayroon may ba kayo kayong available how much magkano is are pcs pc piraso pieces
   piece x ano what which when why how kailan bakit sino this that it ito iyan yan there`.split(
    /\s+/,
  ),
);
/** Who says one of these asks for a thing by its name, so that "I could not find it" is an answer. */
const ASKS_FOR =
  /\b(buy|order|have|need|want|looking|pabili|bili|bibili|gusto|meron|mayroon|how much|magkano)\b/;
const SEVERAL = /\s*(?:,|;|\+|&|\n|\band\b|\bat\b|\bsaka\b|\btsaka\b|\bplus\b|\btapos\b)\s*/i;
const ABOUT_SHIPPING = /\b(shipping|shiping|delivery|deliver|ship|padala|sf)\b/;
const HOW_MUCH = /\b(how much|hm|magkano|fee|fees|rate|rates|cost|price|presyo)\b/;
/** From this many misunderstandings in a row on, a person is offered (DLG-4). */
const MISSES_BEFORE_HELP = 2;
const MAX_FOUND = 10;
const MAX_THINGS = 10;
/** Longer ones are sentences, not names. */
const MAX_WORDS_OF_THING = 4;

/** A text that answers no question: a change of the cart, a question about shipping, or things to buy. Null when it is none of these. */
export async function understandFreeText(turn: Turn): Promise<Meant | null> {
  const text = turn.input.kind === 'text' ? turn.input.text.slice(0, 300) : '';
  if (text === '') return null;
  const meant =
    aboutShipping(text) ??
    (await changeOfCart(turn, text)) ??
    (await severalThings(turn, text)) ??
    (await oneThing(turn, text));
  if (meant) turn.memory.misses = 0;
  return meant;
}

function aboutShipping(text: string): Meant | null {
  const typed = normalise(text);
  if (!ABOUT_SHIPPING.test(typed) || !HOW_MUCH.test(typed)) return null;
  return { flow: 'shipping_fee', slots: { place: text.slice(0, 200) }, interrupts: true };
}

/** "2 blue mugs and 1 red mug": into the cart when every part names one thing, else we ask for one at a time. */
async function severalThings(turn: Turn, text: string): Promise<Meant | null> {
  const parts = text
    .split(SEVERAL)
    .map(orderIn)
    .filter(({ name }) => hasWord(name));
  if (parts.length < 2 || parts.filter(({ quantity }) => quantity !== undefined).length < 2)
    return null;
  const items: { sku: string; quantity: number }[] = [];
  for (const { quantity, name } of parts.slice(0, MAX_THINGS)) {
    const found = await searchFor(turn, name);
    const [product] = found;
    if (!product || found.length > 1 || product.hasVariants)
      return { flow: 'one_at_a_time', slots: { name }, interrupts: true };
    items.push({ sku: product.sku, quantity: quantity ?? 1 });
  }
  return { flow: 'catalogue_cart', slots: { items } };
}

async function oneThing(turn: Turn, text: string): Promise<Meant | null> {
  const { quantity, name } = orderIn(text);
  if (!hasWord(name)) return null;
  const found = await searchFor(turn, name);
  const [product] = found;
  if (found.length === 1 && product) {
    return quantity === undefined
      ? { flow: 'product', slots: { sku: product.sku } }
      : { flow: 'add_to_cart', slots: { sku: product.sku, quantity } };
  }
  const query = name.slice(0, 60);
  if (found.length > 1) return { flow: 'search', slots: { query } };
  const isAskedFor = quantity !== undefined || ASKS_FOR.test(normalise(text));
  return isAskedFor && name.split(' ').length <= MAX_WORDS_OF_THING
    ? { flow: 'not_found', slots: { query }, interrupts: true }
    : null;
}

/** Names only: most of what people say has a word that is in some description. */
const searchFor = (turn: Turn, text: string) =>
  searchProducts(turn.trx, { businessId: turn.business.id, text, limit: MAX_FOUND });

/** Numbers alone name nothing. */
const hasWord = (name: string): boolean => /\p{L}{2}/u.test(name);

/** "2 black tees po" -> 2 and "black tees"; so are "2x", "x2" and "2 pcs", before the name or behind it. */
export function orderIn(text: string): { quantity?: number; name: string } {
  const tokens = normalise(text.slice(0, 200))
    .replace(/(?<=^|\s)(?:x ?(\d{1,3})|(\d{1,3}) ?x)(?=\s|$)/g, ' $1$2 pcs ')
    .replace(/\s+/g, ' ')
    .trim()
    .split(' ');
  const at = quantityAt(tokens);
  const name = tokens.filter((token, index) => index !== at && !FILLERS.has(token)).join(' ');
  return at === undefined ? { name } : { quantity: numberOf(tokens[at]!), name };
}

/** The first word that is no filler, if it is a number; else a number that is counted in pieces. */
function quantityAt(tokens: readonly string[]): number | undefined {
  const isQuantity = (at: number) => {
    const quantity = at < 0 ? undefined : numberOf(tokens[at] ?? '');
    return quantity !== undefined && quantity >= 1 && quantity <= 100;
  };
  const first = tokens.findIndex((token) => !FILLERS.has(token));
  if (isQuantity(first)) return first;
  const counted = tokens.findIndex(
    (_, at) => isQuantity(at) && /^(pcs?|pieces?|piraso)$/.test(tokens[at + 1] ?? ''),
  );
  return counted < 0 ? undefined : counted;
}

/** Says so. Where only taps and words that work anywhere were expected, what could be chosen is shown again, too. */
export function notUnderstood(turn: Turn, withOptions: boolean): void {
  turn.memory.misses += 1;
  const isAgain = turn.memory.misses >= MISSES_BEFORE_HELP;
  const text = words(turn, isAgain ? 'not_understood_again' : 'not_understood');
  const options = turn.memory.options
    .filter(({ value }) => !/^(AGENT|MENU|ADMIN:.*)$/.test(value))
    .slice(0, 8);
  const hasWayOn = options.some(({ value }) => value === 'SHOP');
  const menu = hasWayOn ? [] : [{ title: label(turn, 'not_understood', 'menu'), value: 'MENU' }];
  turn.replies.push(
    withOptions ? { text, choices: [...options, ...menu, ...offersPerson(turn)] } : { text },
  );
}

/** After two misunderstandings in a row, whatever they were about. */
export const offersPerson = (turn: Turn): Choice[] =>
  turn.memory.misses >= MISSES_BEFORE_HELP
    ? [{ title: label(turn, 'not_understood', 'agent'), value: 'AGENT' }]
    : [];
