import fc from 'fast-check';
import { renderWeb, WEB_LIMITS, type WebMessage } from '../../src/channels/web/render';
import { visitorMessage } from '../../src/channels/web/parse';
import type { Reply } from '../../src/channels/reply';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.constant('👨‍👩‍👧‍👦'.repeat(600)),
  fc.constant('x'.repeat(20_000)),
);
const choice = fc.record({ title: text, value: fc.string({ minLength: 1, maxLength: 1_500 }) });
const url = fc.option(fc.webUrl(), { nil: undefined });
const reply: fc.Arbitrary<Reply> = fc.record({
  text,
  imageUrl: url,
  cards: fc.array(
    fc.record({
      title: text,
      subtitle: fc.option(text, { nil: undefined }),
      imageUrl: url,
      choices: fc.array(choice, { maxLength: 5 }),
    }),
    { maxLength: 40 },
  ),
  choices: fc.array(choice, { maxLength: 80 }),
});

test('whatever the bot says fits the widget, and every button of it can be sent back as it is', () => {
  fc.assert(
    fc.property(reply, (one) => {
      for (const { payload, display } of renderWeb(one)) {
        const message = payload as unknown as WebMessage;
        const { cards = [], choices = [] } = message;
        expect(message.text.length).toBeLessThanOrEqual(WEB_LIMITS.text);
        expect(cards.length).toBeLessThanOrEqual(WEB_LIMITS.cards);
        expect(choices.length).toBeLessThanOrEqual(WEB_LIMITS.choices);
        for (const { title, value } of [...choices, ...cards.flatMap((card) => card.choices)]) {
          expect(title.length).toBeLessThanOrEqual(WEB_LIMITS.choiceTitle);
          const sentBack = visitorMessage.safeParse({ id: 'message-1', payload: value });
          expect(sentBack.success && sentBack.data.payload).toBe(value);
        }
        expect(typeof display).toBe('string');
      }
    }),
    { numRuns: 200 },
  );
});

test('a reply with nothing in it is not sent', () => {
  expect(renderWeb({ text: ' ' })).toEqual([]);
});

test('a reply is one message: text, picture, cards and choices', () => {
  const cards = [{ title: 'Mug', subtitle: 'P350', imageUrl: 'https://shop.example/m.png', choices: [{ title: 'Add', value: 'ADD:1' }] }]; // prettier-ignore
  const choices = [{ title: 'Checkout', value: 'CHECKOUT' }];
  expect(renderWeb({ text: 'Look:', cards, choices })).toEqual([
    {
      payload: {
        text: 'Look:',
        cards: [
          {
            title: 'Mug',
            subtitle: 'P350',
            image_url: 'https://shop.example/m.png',
            choices: [{ title: 'Add', value: 'ADD:1' }],
          },
        ],
        choices,
      },
      display: 'Look:\nMug: P350',
    },
  ]);
});
