import fc from 'fast-check';
import { renderMessenger } from '../../src/channels/messenger/render';
import { optionsOf, type Card, type Choice, type Reply } from '../../src/channels/reply';
import { anyReply, isWellFormed } from '../support/replies';

interface Button {
  type: string;
  title: string;
  payload: string;
}
interface Element {
  title: string;
  subtitle?: string;
  image_url?: string;
  buttons?: Button[];
}
interface Message {
  text?: string;
  attachment?: {
    type: string;
    payload: { url?: string; template_type?: string; elements?: Element[] };
  };
  quick_replies?: { content_type: string; title: string; payload: string }[];
}

const messagesOf = (reply: Reply): Message[] =>
  renderMessenger(reply).map(({ payload }) => payload.message as Message);

/** The limits as the Send API documents them; lengths in UTF-16 units, the strictest reading. */
function expectWithinLimits(message: Message): void {
  expect([message.text, message.attachment].filter((part) => part !== undefined)).toHaveLength(1);
  if (message.text !== undefined) {
    expect(message.text.trim()).not.toBe('');
    expect(message.text.length).toBeLessThan(2000);
  }
  message.attachment?.payload.elements?.forEach(expectElement);
  const elements = message.attachment?.payload.elements?.length;
  if (elements !== undefined) {
    expect(elements).toBeGreaterThanOrEqual(1);
    expect(elements).toBeLessThanOrEqual(10);
  }
  if (message.quick_replies) {
    expect(message.quick_replies.length).toBeGreaterThanOrEqual(1);
    expect(message.quick_replies.length).toBeLessThanOrEqual(13);
    message.quick_replies.forEach(({ content_type, title, payload }) => {
      expect(content_type).toBe('text');
      expectLabel(title, 20);
      expectLabel(payload, 1000);
    });
  }
}

function expectElement({ title, subtitle, image_url, buttons }: Element): void {
  expectLabel(title, 80);
  if (subtitle !== undefined) expectLabel(subtitle, 80);
  expect([subtitle, image_url, buttons].some((property) => property !== undefined)).toBe(true);
  if (!buttons) return;
  expect(buttons.length).toBeGreaterThanOrEqual(1);
  expect(buttons.length).toBeLessThanOrEqual(3);
  buttons.forEach((button) => {
    expect(button.type).toBe('postback');
    expectLabel(button.title, 20);
    expectLabel(button.payload, 1000);
  });
}

function expectLabel(text: string, longest: number): void {
  expect(text.length).toBeGreaterThanOrEqual(1);
  expect(text.length).toBeLessThanOrEqual(longest);
}

const elementsOf = (messages: Message[]): Element[] =>
  messages.flatMap(({ attachment }) => attachment?.payload.elements ?? []);
const quickRepliesOf = (messages: Message[]) =>
  messages.flatMap(({ quick_replies }) => quick_replies ?? []);
const textOf = (messages: Message[]): string =>
  messages.flatMap(({ text }) => text ?? []).join('\n');

const choices = (count: number, from = 1): Choice[] =>
  Array.from({ length: count }, (_, i) => ({
    title: `Choice ${from + i}`,
    value: `PICK:${from + i}`,
  }));
const cards = (count: number): Card[] =>
  Array.from({ length: count }, (_, i) => ({
    title: `Mug ${i + 1}`,
    subtitle: 'P100',
    choices: [{ title: 'Add to cart', value: `ADD_TO_CART:SKU-${i + 1}` }],
  }));

describe('any reply', () => {
  test('is rendered within the documented limits, without half a character', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        const messages = messagesOf(reply);
        messages.forEach(expectWithinLimits);
        expect(isWellFormed(JSON.stringify(messages))).toBe(true);
        renderMessenger(reply).forEach(({ payload, display }) => {
          expect(payload.messaging_type).toBe('RESPONSE');
          expect(isWellFormed(display)).toBe(true);
        });
      }),
      { numRuns: 150 },
    );
  });

  test('shows every card, in order, with its first choice on a button', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        const elements = elementsOf(messagesOf(reply));
        expect(elements.map(({ buttons }) => buttons?.[0]?.payload)).toEqual(
          (reply.cards ?? []).map((card) => card.choices[0]?.value),
        );
      }),
    );
  });

  test('offers every choice by a tap or by its number in the text', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        const messages = messagesOf(reply);
        const tapped = quickRepliesOf(messages).map(({ payload }) => payload);
        expect(tapped).toEqual((reply.choices ?? []).slice(0, 13).map(({ value }) => value));
        const isCounted = (reply.choices ?? []).length > 13;
        if (!isCounted) return;
        // Long texts are cut into messages at spaces, so spaces are not compared.
        const text = textOf(messages).replace(/\s/g, '');
        optionsOf(reply)
          .map(({ title }, index) => ({ title, number: index + 1 }))
          .slice(-(reply.choices ?? []).length)
          .forEach(({ title, number }) =>
            expect(text).toContain(`${number}.${title.replace(/\s/g, '')}`),
          );
      }),
    );
  });

  test('has its quick replies on the last message, where Messenger shows them', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        const messages = messagesOf(reply);
        expect(messages.slice(0, -1).flatMap((message) => message.quick_replies ?? [])).toEqual([]);
      }),
    );
  });
});

test('40 choices: the first 13 can be tapped, all can be answered by number', () => {
  const messages = messagesOf({ text: 'Which one?', choices: choices(40) });
  expect(quickRepliesOf(messages)).toHaveLength(13);
  const lines = textOf(messages).split('\n');
  expect(lines[0]).toBe('Which one?');
  expect(lines.slice(1)).toEqual(choices(40).map(({ title }, i) => `${i + 1}. ${title}`));
});

test('13 choices need no numbers', () => {
  expect(textOf(messagesOf({ text: 'Which one?', choices: choices(13) }))).toBe('Which one?');
});

test('25 cards come as carousels of ten, ten and five', () => {
  const messages = messagesOf({ text: 'Mugs', cards: cards(25), choices: choices(2) });
  expect(messages.map((message) => message.attachment?.payload.elements?.length)).toEqual([
    undefined,
    10,
    10,
    5,
  ]);
  expect(messages.at(-1)!.quick_replies).toHaveLength(2);
});

test('the numbers of choices go on after the cards', () => {
  const reply = { text: 'Mugs', cards: cards(12), choices: choices(14) };
  const lines = textOf(messagesOf(reply)).split('\n');
  expect(lines[1]).toBe('13. Choice 1');
  expect(lines.at(-1)).toBe('26. Choice 14');
  expect(optionsOf(reply)[12]).toMatchObject({ title: 'Choice 1' });
});

test('a card that offers nothing takes no number', () => {
  const sold: Card = { title: 'Sold out', choices: [] };
  const reply = { text: 'Mugs', cards: [sold, ...cards(1)], choices: choices(14) };
  const lines = textOf(messagesOf(reply)).split('\n');
  expect(lines.slice(1)).toEqual(choices(14).map(({ title }, i) => `${i + 2}. ${title}`));
  expect(optionsOf(reply).map(({ value }) => value)).toEqual([
    'ADD_TO_CART:SKU-1',
    ...choices(14).map(({ value }) => value),
  ]);
});

test('choices without any words are shown as a numbered list, since they need a message to hang on', () => {
  const messages = messagesOf({ text: '', choices: choices(2) });
  expect(textOf(messages)).toBe('1. Choice 1\n2. Choice 2');
  expect(quickRepliesOf(messages)).toHaveLength(2);
});

test('choices under a picture or cards need no words', () => {
  const picture = messagesOf({
    text: '',
    imageUrl: 'https://cdn.example.com/a.jpg',
    choices: choices(1),
  });
  expect(picture).toHaveLength(1);
  expect(picture[0]).toMatchObject({
    attachment: { type: 'image' },
    quick_replies: [{ payload: 'PICK:1' }],
  });
  expect(messagesOf({ text: '', cards: cards(1), choices: choices(1) })).toHaveLength(1);
});

test('a reply of nothing is no message', () => {
  expect(renderMessenger({ text: '' })).toEqual([]);
  expect(renderMessenger({ text: ' \n ' })).toEqual([]);
});

test('a long text is cut at a line end and nothing of it is lost', () => {
  const lines = Array.from({ length: 200 }, (_, i) => `Line ${i} of the terms and conditions`);
  const texts = messagesOf({ text: lines.join('\n') }).map(({ text }) => text!);
  expect(texts.length).toBeGreaterThan(1);
  expect(texts.flatMap((text) => text.split('\n'))).toEqual(lines);
});

test('a long title ends in an ellipsis', () => {
  const [element] = elementsOf(
    messagesOf({ text: '', cards: [{ ...cards(1)[0]!, title: 'x'.repeat(100) }] }),
  );
  expect(element!.title).toBe(`${'x'.repeat(79)}…`);
});
