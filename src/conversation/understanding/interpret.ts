import { distance } from 'fastest-levenshtein';
import type { MessageEvent } from '../../channels/inbound';
import type { Choice } from '../../channels/reply';
import { normalise } from '../../lib/text';
import type { AskStep } from '../flows/flow';
import type { FlowBook } from '../flows/load-flows';
import type { Input } from '../turn';

/** What an answer to a certain question is sent as when it is tapped: a stale tap must not answer another question. */
export const answerValue = (question: string, value: string): string =>
  `ANSWER:${question}:${value}`;

const COMMAND = /^([A-Z_]{2,40})(?::([^]{1,200}))?$/;
const ANSWER = /^ANSWER:([a-z0-9_]+\.[a-z0-9_]+):([^]{1,200})$/;
/** `product_SKU-1001` in a link, poster or ad opens that product. */
const PRODUCT_REFERRAL = /^product[_:-](.{1,64})$/i;
const NUMBER = /^#?(\d{1,3})[.)]?$/;
/** Shorter words are too easily mistaken for one another. */
const MIN_LENGTH_FOR_TYPOS = 5;

interface Situation {
  options: readonly Choice[];
  flows: FlowBook;
  /** The question that is open, with its name (`checkout.payment`). */
  open?: { question: string; step: AskStep };
}

/**
 * What a message means before any dialog sees it: a tap is its value; a text is what it was offered as, a word that works
 * anywhere, or the number of an option. Everything else stays text, for the open question.
 */
export function interpret(event: MessageEvent, situation: Situation): Input {
  const { flows } = situation;
  const product = productIn(event.referral);
  // Get Started behind a link to a product: the link says what they came for.
  if (product && (event.payload === 'GET_STARTED' || !(event.payload || event.text?.trim())))
    return product;
  if (event.payload) {
    const meant = fromValue(event.payload, event.text ?? '', flows);
    if (meant) return meant;
  }
  if (event.cart) return { kind: 'cart', items: event.cart, note: event.note };
  const text = event.text?.trim() ?? '';
  if (text === '' && event.referral !== undefined) return { kind: 'command', name: 'GET_STARTED' };
  if (text === '') return fromAttachment(event);
  return fromText(text, situation);
}

function fromValue(value: string, title: string, flows: FlowBook): Input | null {
  const [, question, chosen] = ANSWER.exec(value) ?? [];
  if (question !== undefined && chosen !== undefined)
    return { kind: 'answer', question, value: chosen, title };
  const [, name, argument] = COMMAND.exec(value) ?? [];
  return name !== undefined && flows.commands.has(name)
    ? { kind: 'command', name, argument }
    : null;
}

function productIn(referral: string | undefined): Input | undefined {
  const [, sku] = PRODUCT_REFERRAL.exec(referral ?? '') ?? [];
  return sku ? { kind: 'command', name: 'SHOW_PRODUCT', argument: sku } : undefined;
}

function fromAttachment(event: MessageEvent): Input {
  const [attachment] = event.attachments ?? [];
  if (attachment?.latitude !== undefined && attachment.longitude !== undefined) {
    return { kind: 'location', latitude: attachment.latitude, longitude: attachment.longitude };
  }
  return { kind: 'attachment', type: attachment?.type ?? 'other' };
}

/** Politeness changes nothing: "menu po", "checkout please". */
const COURTESY = new Set('po opo ho nga naman please pls plz pakiusap'.split(' '));
const YES = new Set(
  ['yes', 'y', 'yes please', 'yup', 'yeah', 'ok', 'okay', 'oki', 'sure', 'go', 'confirm', 'confirm order', 'place order', 'order now', 'correct', 'oo', 'oo na', 'opo', 'sige', 'sige na', 'tama', 'g', 'i order na', 'order na'],
); // prettier-ignore
const NO = new Set([
  'no',
  'n',
  'nope',
  'no thanks',
  'hindi',
  'hindi na',
  'wag',
  'huwag',
  'wag na',
  'huwag na',
  'ayaw',
  'ayoko',
]);

export const isYesOrNo = (text: string): boolean =>
  [YES, NO].some((words) => words.has(polite(normalise(text))));

/** Without words of courtesy, unless it is nothing else: "opo" is a yes. */
export function polite(typed: string): string {
  const words = typed.split(' ').filter((word) => !COURTESY.has(word));
  return words.length > 0 ? words.join(' ') : typed;
}

function fromText(text: string, { options, flows, open }: Situation): Input {
  const typed = polite(normalise(text));
  const takesOptions =
    open === undefined || open.step.expect === 'command' || open.step.expect === 'choice';
  const exactWord = flows.words.get(typed);
  // "cart" is the cart, although "Add to cart" is on the screen; an open choice comes before the words.
  const takesParts = takesOptions && (!exactWord || open?.step.expect === 'choice');
  const option =
    (typed === '' ? undefined : options.find((one) => normalise(one.title) === typed)) ??
    (takesOptions
      ? (optionByNumber(typed, options) ?? optionByAnswer(typed, options))
      : undefined) ??
    (takesParts ? optionByPart(typed, options) : undefined);
  if (option) {
    const meant = fromValue(option.value, option.title, flows);
    if (meant) return meant;
  }
  const word = exactWord ?? (takesOptions ? wordWithTypo(typed, flows) : undefined);
  if (word) return { kind: 'command', name: word.command };
  return { kind: 'text', text };
}

function optionByNumber(typed: string, options: readonly Choice[]): Choice | undefined {
  const [, digits] = NUMBER.exec(typed) ?? [];
  return digits === undefined ? undefined : options[Number(digits) - 1];
}

/** "cod" for "Cash on delivery" and "oo" for "Yes, the same": an answer has a name in every language. */
function optionByAnswer(typed: string, options: readonly Choice[]): Choice | undefined {
  const named = (name: string) =>
    options.find(
      ({ value }) => ANSWER.exec(value)?.[2]?.replaceAll('_', ' ').toLowerCase() === name,
    );
  return (
    named(typed) ??
    (YES.has(typed) ? (named('yes') ?? named('place')) : NO.has(typed) ? named('no') : undefined)
  );
}

/** "gcash" for "GCash / e-wallet", "blue" for the only blue one, "chekout" for "Checkout". */
function optionByPart(typed: string, options: readonly Choice[]): Choice | undefined {
  const words = /\p{L}{2}/u.test(typed) ? typed.split(' ') : [];
  const containing = options.filter((option) => {
    const title = normalise(option.title).split(' ');
    return words.length > 0 && words.every((word) => title.includes(word));
  });
  if (containing.length > 0) return containing.length === 1 ? containing[0] : undefined;
  return nearest(typed, options, (option) => normalise(option.title));
}

function wordWithTypo(typed: string, flows: FlowBook): { command: string } | undefined {
  return nearest(typed, [...flows.words], ([word]) => word)?.[1];
}

/** The only candidate within one slip of the finger for each five letters. */
function nearest<T>(
  typed: string,
  candidates: readonly T[],
  textOf: (candidate: T) => string,
): T | undefined {
  if (typed.length < MIN_LENGTH_FOR_TYPOS || typed.length > 40) return undefined;
  const allowed = Math.floor(typed.length / 5);
  const close = candidates.filter((candidate) => {
    const text = textOf(candidate);
    return text.length >= MIN_LENGTH_FOR_TYPOS && distance(typed, text) <= allowed;
  });
  return close.length === 1 ? close[0] : undefined;
}
