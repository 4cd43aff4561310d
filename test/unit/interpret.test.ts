import fc from 'fast-check';
import type { MessageEvent } from '../../src/channels/inbound';
import type { Choice } from '../../src/channels/reply';
import type { AskStep, Command, Expectation } from '../../src/conversation/flows/flow';
import type { FlowBook } from '../../src/conversation/flows/load-flows';
import { answerValue, interpret } from '../../src/conversation/understanding/interpret';

const command: Command = { flow: 'any', interrupts: false, words: {} };
const flows: FlowBook = {
  flows: new Map(),
  commands: new Map(
    ['GET_STARTED', 'MENU', 'CART', 'CHECKOUT', 'ADD_TO_CART', 'SHOW_PRODUCT', 'CANCEL'].map(
      (name) => [name, command],
    ),
  ),
  words: new Map(
    Object.entries({
      menu: 'MENU',
      cart: 'CART',
      checkout: 'CHECKOUT',
      cancel: 'CANCEL',
      kanselahin: 'CANCEL',
    }).map(([word, name]) => [word, { command: name, languages: ['en'] }]),
  ),
  lineOf: () => 1,
};

const QUESTION = 'checkout.payment';
const open = (expect: Expectation) => ({
  question: QUESTION,
  step: { ask: 'any', expect } as AskStep,
});
const answers = (...titles: string[]): Choice[] =>
  titles.map((title) => ({ title, value: answerValue(QUESTION, title) }));
const products: Choice[] = [
  { title: 'Blue mug', value: 'SHOW_PRODUCT:SKU-1' },
  { title: 'Red mug', value: 'SHOW_PRODUCT:SKU-2' },
  { title: 'Add to cart', value: 'ADD_TO_CART:SKU-1' },
];
const product = (sku: string) => ({ kind: 'command', name: 'SHOW_PRODUCT', argument: sku });

const read = (
  event: Partial<MessageEvent>,
  situation: { options?: readonly Choice[]; open?: ReturnType<typeof open> } = {},
) => interpret({ kind: 'message', ...event }, { options: [], flows, ...situation });

describe('a tap', () => {
  test('is the command behind it, with its argument', () => {
    expect(read({ text: 'Add', payload: 'ADD_TO_CART:SKU-1:x' })).toEqual({
      kind: 'command',
      name: 'ADD_TO_CART',
      argument: 'SKU-1:x',
    });
    expect(read({ text: 'Menu', payload: 'MENU' })).toEqual({ kind: 'command', name: 'MENU' });
  });

  test('is the answer behind it, with the question that it was offered for', () => {
    expect(read({ text: 'Cash', payload: answerValue(QUESTION, 'cash') })).toEqual({
      kind: 'answer',
      question: QUESTION,
      value: 'cash',
      title: 'Cash',
    });
  });

  test.each([
    'DROP_TABLE:users',
    'menu',
    'MENU:',
    '__proto__',
    'constructor',
    'ANSWER:x:y',
    `MENU:${'x'.repeat(201)}`,
  ])('with the unknown value %s is what its title says', (payload) => {
    expect(read({ text: 'cart', payload })).toEqual({ kind: 'command', name: 'CART' });
    expect(read({ text: 'Hello there', payload })).toEqual({ kind: 'text', text: 'Hello there' });
  });
});

describe('a text', () => {
  test.each(['menu', 'MENU', ' Menu! ', 'ménu'])('"%s" is the word that works anywhere', (text) => {
    expect(read({ text })).toEqual({ kind: 'command', name: 'MENU' });
  });

  test.each([
    ['2', 'SKU-2'],
    ['#2', 'SKU-2'],
    ['2.', 'SKU-2'],
    ['2)', 'SKU-2'],
    ['Red mug', 'SKU-2'],
    ['red MUG!', 'SKU-2'],
    ['red', 'SKU-2'],
    ['the blue', undefined],
    ['rad mug', 'SKU-2'],
  ])('"%s" is the option that it names', (text, sku) => {
    expect(read({ text }, { options: products })).toEqual(
      sku ? product(sku) : { kind: 'text', text },
    );
  });

  test.each(['0', '4', '999', 'mug', '2 or 3', '-1'])(
    '"%s" names no option, or more than one',
    (text) => {
      expect(read({ text }, { options: products })).toEqual({ kind: 'text', text });
    },
  );

  test('with a typing error is still the word, when only one word is near', () => {
    expect(read({ text: 'chekout' })).toEqual({ kind: 'command', name: 'CHECKOUT' });
    expect(read({ text: 'kanselahn' })).toEqual({ kind: 'command', name: 'CANCEL' });
  });

  test('that is short must be exact', () => {
    expect(read({ text: 'cary' })).toEqual({ kind: 'text', text: 'cary' });
  });

  test('that is a word of its own is not taken for a part of an option', () => {
    expect(read({ text: 'cart' }, { options: products })).toEqual({
      kind: 'command',
      name: 'CART',
    });
    expect(read({ text: 'add' }, { options: products })).toMatchObject({ name: 'ADD_TO_CART' });
  });

  test('answers an open choice before it is a word', () => {
    const options = answers('Yes, cancel it', 'No, keep it');
    expect(read({ text: 'cancel' }, { options, open: open('choice') })).toMatchObject({
      kind: 'answer',
      value: 'Yes, cancel it',
    });
  });

  test('of nothing but pictures is no option, whatever the options are called', () => {
    const options = [{ title: '🛒', value: 'CART' }];
    expect(read({ text: '👍' }, { options })).toEqual({ kind: 'text', text: '👍' });
  });

  test('keeps its own spelling for the open question', () => {
    expect(read({ text: '  12 Mabini St., Brgy. 5 ' })).toEqual({
      kind: 'text',
      text: '12 Mabini St., Brgy. 5',
    });
  });
});

describe('while a question is open that is answered in words', () => {
  const options = answers('1', '2', '5');
  test.each(['quantity', 'name', 'phone', 'address', 'text'] as const)(
    'a number is no option, but the answer (%s)',
    (expectation) => {
      expect(read({ text: '3' }, { options, open: open(expectation) })).toEqual({
        kind: 'text',
        text: '3',
      });
    },
  );

  test('a number that is on a button is that button', () => {
    expect(read({ text: '5' }, { options, open: open('quantity') })).toMatchObject({
      kind: 'answer',
      value: '5',
    });
  });

  test('a name that is nearly a word is a name', () => {
    expect(read({ text: 'Chekout' }, { open: open('name') })).toEqual({
      kind: 'text',
      text: 'Chekout',
    });
  });

  test('words that work anywhere still do', () => {
    expect(read({ text: 'Cancel' }, { open: open('address') })).toEqual({
      kind: 'command',
      name: 'CANCEL',
    });
  });

  test('a part of an option is no option', () => {
    const addresses = answers('12 Mabini Street, Makati');
    expect(read({ text: 'Makati' }, { options: addresses, open: open('address') })).toEqual({
      kind: 'text',
      text: 'Makati',
    });
  });
});

describe('what is not a text', () => {
  test('a link to a product opens it', () => {
    expect(read({ referral: 'product_SKU-1001' })).toEqual(product('SKU-1001'));
  });

  test('any other link, even an empty one, is a beginning', () => {
    for (const referral of ['poster-42', '']) {
      expect(read({ referral })).toEqual({ kind: 'command', name: 'GET_STARTED' });
    }
  });

  test('a text that came through a link is the text', () => {
    expect(read({ text: 'Is this available?', referral: 'product_SKU-1001' })).toMatchObject({
      kind: 'text',
    });
  });

  test('a cart of the catalogue keeps its lines and its note', () => {
    const cart = [{ sku: 'SKU-1', quantity: 2 }];
    expect(read({ cart, note: 'gift' })).toEqual({ kind: 'cart', items: cart, note: 'gift' });
  });

  test('a pin is a location, also at the equator', () => {
    const attachments = [{ type: 'location' as const, latitude: 0, longitude: 121.02 }];
    expect(read({ attachments })).toEqual({ kind: 'location', latitude: 0, longitude: 121.02 });
  });

  test('a picture is an attachment, and nothing at all is one, too', () => {
    expect(read({ attachments: [{ type: 'image' }] })).toEqual({
      kind: 'attachment',
      type: 'image',
    });
    expect(read({ text: '  ' })).toEqual({ kind: 'attachment', type: 'other' });
  });

  test('the words beside a picture count', () => {
    expect(read({ text: 'menu', attachments: [{ type: 'image' }] })).toMatchObject({
      name: 'MENU',
    });
  });
});

test('every option that is shown is chosen by its number and by its title', () => {
  const titles = fc.uniqueArray(
    fc
      .string({ unit: fc.constantFrom(...'abcdefgh '), minLength: 1, maxLength: 20 })
      .map((title) => `t${title.trim()}`),
    { minLength: 1, maxLength: 60, selector: (title) => title.replace(/\s+/g, ' ') },
  );
  fc.assert(
    fc.property(titles, fc.nat(), (shown, at) => {
      const options = answers(...shown);
      const index = at % shown.length;
      const wanted = { kind: 'answer', value: shown[index] };
      const situation = { options, open: open('choice') };
      expect(read({ text: String(index + 1) }, situation)).toMatchObject(wanted);
      expect(read({ text: shown[index] }, situation)).toMatchObject(wanted);
    }),
  );
});

test('any text and value mean something, without an exception', () => {
  const text = fc.string({ unit: 'grapheme' });
  fc.assert(
    fc.property(
      text,
      fc.option(text, { nil: undefined }),
      fc.array(text),
      (typed, payload, shown) => {
        const options = answers(...shown);
        expect(read({ text: typed, payload }, { options })).toHaveProperty('kind');
      },
    ),
  );
});
