import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import { readAddress } from '../../customers/read-address';
import type { Expectation } from '../flows/flow';
import type { Input, SlotValue, Slots, Turn } from '../turn';
import { answerValue, isYesOrNo } from './interpret';
import { readQuantity } from './quantity';

export type Answer =
  | { understood: true; value: SlotValue; slots?: Slots }
  /** `template` says what is wrong with the answer; without one the text is not an answer at all. */
  | { understood: false; template?: string; slots?: Slots };

const MAX_QUANTITY = 100;
const MAX_TEXT = 300;

/** Reads the message as an answer to the open question. */
export function readAnswer(expect: Expectation, turn: Turn, question: string): Answer {
  const { input, memory } = turn;
  if (input.kind === 'answer' && input.question === question) {
    // A value is what somebody sent, and only what was offered is an answer.
    const value = answerValue(question, input.value);
    if (memory.options.some((option) => option.value === value))
      return { understood: true, value: input.value };
  }
  if (input.kind === 'location' && expect === 'address') return location(input);
  return input.kind === 'text' ? readers[expect](input.text.trim(), turn) : whatIsNoAnswer(input);
}

/** Taps on what is over, pictures, stickers and pins: what is said to them where they answer nothing. */
export function whatIsNoAnswer(input: Input): Extract<Answer, { understood: false }> {
  switch (input.kind) {
    case 'answer':
      return wrong('stale_tap');
    case 'location':
      return wrong('not_now_location');
    case 'attachment':
      return wrong(
        input.type === 'sticker' ? 'not_understood_sticker' : 'not_understood_attachment',
      );
    default:
      return { understood: false };
  }
}

const readers: Record<Expectation, (text: string, turn: Turn) => Answer> = {
  command: () => ({ understood: false }),
  choice: () => ({ understood: false }),
  quantity: (text) => quantityFrom(1, text),
  /** As `quantity`, where none at all is an answer, too. */
  count: (text) => quantityFrom(0, text),
  name: (text) => {
    // "2 red mugs" is no name, but perhaps an order.
    if (/^\d/.test(text) || isYesOrNo(text))
      return /^\d+\s*\p{L}/u.test(text) ? { understood: false } : wrong('name_retry');
    const name = text
      .replace(/\s+/g, ' ')
      .replace(/^(my name is|i am|i'm|ako si|ako po si|si)\s+/i, '');
    const letters = name.match(/\p{L}/gu)?.length ?? 0;
    return letters >= 2 && name.length <= 80 && !/\d{3}|[<>{}]|https?:/i.test(name)
      ? { understood: true, value: name }
      : wrong('name_retry');
  },
  phone: (text, turn) => {
    const phone = parsePhoneNumberFromString(text, turn.business.country as CountryCode);
    return phone?.isValid() ? { understood: true, value: phone.number } : wrong('phone_retry');
  },
  address: (text) => {
    const address = readAddress(text);
    if (!address) return wrong('address_retry');
    const { line, city, province, postalCode } = address;
    const slots: Slots = {};
    if (city) slots.city = city;
    if (province) slots.province = province;
    if (postalCode) slots.postal_code = postalCode;
    return { understood: true, value: line, slots };
  },
  text: (text) =>
    text.length >= 2 && text.length <= MAX_TEXT
      ? { understood: true, value: text }
      : wrong('text_retry'),
};

function quantityFrom(least: number, text: string): Answer {
  const quantity = readQuantity(text);
  if (quantity === null) return { understood: false };
  return quantity >= least && quantity <= MAX_QUANTITY
    ? { understood: true, value: quantity }
    : wrong('quantity_range');
}

function location({ latitude, longitude }: { latitude: number; longitude: number }): Answer {
  // A pin tells the rider where, but not which door: the words are still asked for, and the pin goes with the order.
  return {
    understood: false,
    template: 'address_after_pin',
    slots: { pin: `${latitude},${longitude}` },
  };
}

const wrong = (template: string): Extract<Answer, { understood: false }> => ({
  understood: false,
  template,
});
