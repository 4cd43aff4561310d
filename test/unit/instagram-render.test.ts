import fc from 'fast-check';
import { renderInstagram } from '../../src/channels/instagram/render';
import type { Reply } from '../../src/channels/reply';
import { refuseInstagramRequest } from '../../src/playground/platforms/instagram-limits';
import { refuseMessengerRequest } from '../../src/playground/platforms/messenger-limits';
import { anyReply, isWellFormed } from '../support/replies';

interface Message {
  text?: string;
  attachment?: { type: string; payload: { elements?: { buttons?: { payload: string }[] }[] } };
  quick_replies?: { title: string; payload: string }[];
}
const messagesOf = (reply: Reply): Message[] =>
  renderInstagram(reply).map(({ payload }) => payload.message as Message);

describe('any reply', () => {
  test('is within the limits that Instagram documents, without half a character', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        for (const { payload, display } of renderInstagram(reply)) {
          const request = { recipient: { id: '6000000000000401' }, ...payload };
          expect(refuseMessengerRequest(request)).toBeNull();
          expect(refuseInstagramRequest(request)).toBeNull();
          const { text, quick_replies: quickReplies = [] } = payload.message as Message;
          expect(Buffer.byteLength(text ?? '')).toBeLessThanOrEqual(1000);
          expect(quickReplies.length).toBeLessThanOrEqual(13);
          for (const { title } of quickReplies) expect(title.length).toBeLessThanOrEqual(20);
          expect(isWellFormed(JSON.stringify(payload) + display)).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('shows every card, and its choices under the last message, where they are seen', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        const messages = messagesOf(reply);
        const shown = messages.flatMap(({ attachment }) => attachment?.payload.elements ?? []);
        expect(shown.map(({ buttons }) => buttons?.[0]?.payload)).toEqual(
          (reply.cards ?? []).map((card) => card.choices[0]?.value),
        );
        const offered = messages.at(-1)?.quick_replies ?? [];
        const choices = reply.choices ?? [];
        // A blank text under cards has nothing to hang them on, so it counts them.
        expect(offered.map(({ payload }) => payload)).toEqual(
          choices.slice(0, 13).map(({ value }) => value),
        );
        for (const message of messages.slice(0, -1)) expect(message.quick_replies).toBeUndefined();
      }),
    );
  });

  test('loses nothing of its text', () => {
    fc.assert(
      fc.property(anyReply, ({ text }) => {
        const whole = messagesOf({ text })
          .flatMap((one) => one.text ?? [])
          .join('');
        expect(whole.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      }),
    );
  });
});

test('a text of 1000 bytes is one message, a byte more is two', () => {
  const pesos = '₱'.repeat(333);
  expect(messagesOf({ text: `${pesos}1` })).toHaveLength(1);
  expect(messagesOf({ text: `${pesos}12` })).toHaveLength(2);
});

test('the text stands after the cards when it has choices, and before them when not', () => {
  const cards = [{ title: 'Mug', choices: [{ title: 'Add to cart', value: 'ADD_TO_CART:SKU-1' }] }];
  const kinds = (reply: Reply) => messagesOf(reply).map(({ text }) => (text ? 'text' : 'cards'));
  expect(kinds({ text: 'Mugs', cards })).toEqual(['text', 'cards']);
  expect(kinds({ text: 'Mugs', cards, choices: [{ title: 'Cart', value: 'CART' }] })).toEqual([
    'cards',
    'text',
  ]);
});
