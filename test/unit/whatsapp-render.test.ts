import fc from 'fast-check';
import { renderWhatsApp } from '../../src/channels/whatsapp/render';
import { optionsOf, type Card, type Choice, type Reply } from '../../src/channels/reply';
import { refuseWhatsAppRequest } from '../../src/playground/platforms/whatsapp-limits';
import { anyReply, isWellFormed } from '../support/replies';

interface Payload {
  type: string;
  text?: { body: string };
  image?: { link: string; caption?: string };
  interactive?: {
    type: string;
    header?: { type: string };
    body: { text: string };
    action: {
      buttons?: { reply: { id: string; title: string } }[];
      sections?: { rows: { id: string; title: string; description?: string }[] }[];
    };
  };
}
const payloadsOf = (reply: Reply): Payload[] =>
  renderWhatsApp(reply).map(({ payload }) => payload as unknown as Payload);
const textOf = ({ text, image, interactive }: Payload): string =>
  text?.body ?? image?.caption ?? interactive?.body.text ?? '';
const tapsOf = ({ interactive }: Payload): { id: string; title: string }[] => [
  ...(interactive?.action.buttons ?? []).map(({ reply }) => reply),
  ...(interactive?.action.sections ?? []).flatMap(({ rows }) => rows),
];

const choices = (count: number): Choice[] =>
  Array.from({ length: count }, (_, i) => ({ title: `Choice ${i + 1}`, value: `PICK:${i + 1}` }));
const cards = (count: number): Card[] =>
  Array.from({ length: count }, (_, i) => ({
    title: `Mug ${i + 1}`,
    subtitle: 'P100',
    imageUrl: 'https://cdn.example.com/mug.jpg',
    choices: [{ title: 'Add to cart', value: `ADD_TO_CART:SKU-${i + 1}` }],
  }));

describe('any reply', () => {
  test('is within the limits that the Cloud API documents, without half a character', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        for (const { payload, display } of renderWhatsApp(reply)) {
          const frame = {
            messaging_product: 'whatsapp',
            recipient_type: 'individual',
            to: '+15550002222',
          };
          expect(refuseWhatsAppRequest({ ...frame, ...payload })).toBeNull();
          expect(isWellFormed(JSON.stringify(payload) + display)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('offers every option by a tap or by its number', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        const payloads = payloadsOf(reply);
        const tapped = payloads.flatMap(tapsOf).map(({ id }) => id);
        const text = payloads.map(textOf).join('').replace(/\s/g, '');
        const asksForNumber = (reply.choices ?? []).some(({ title }) => /^\d+$/.test(title));
        optionsOf(reply).forEach(({ title, value }, index) => {
          const isCounted = text.includes(`${index + 1}.${title.replace(/\s/g, '')}`);
          expect(tapped.includes(value) || isCounted || asksForNumber).toBe(true);
        });
      }),
      { numRuns: 300 },
    );
  });

  test('has what can be tapped in the last message', () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        for (const payload of payloadsOf(reply).slice(0, -1))
          expect(payload.interactive).toBeUndefined();
      }),
    );
  });
});

test('three choices are buttons, without numbers', () => {
  const [message, ...others] = payloadsOf({ text: 'Which one?', choices: choices(3) });
  expect(others).toEqual([]);
  expect(message!.interactive).toMatchObject({ type: 'button', body: { text: 'Which one?' } });
  expect(tapsOf(message!)).toEqual(choices(3).map(({ title, value }) => ({ id: value, title })));
});

test('buttons whose titles are cut, and would be the same, become a list', () => {
  const long = ['The very long name of a mug, blue', 'The very long name of a mug, red'];
  const [message] = payloadsOf({
    text: 'Which?',
    choices: long.map((title, i) => ({ title, value: `V${i}` })),
  });
  expect(message!.interactive!.type).toBe('list');
  expect(textOf(message!)).toBe(`Which?\n1. ${long[0]}\n2. ${long[1]}`);
});

test.each([4, 10])('%d choices are a list, with their numbers in the text', (count) => {
  const [message] = payloadsOf({ text: 'Which one?', choices: choices(count) });
  expect(message!.interactive!.type).toBe('list');
  expect(tapsOf(message!)).toHaveLength(count);
  expect(textOf(message!).split('\n').at(-1)).toBe(`${count}. Choice ${count}`);
});

test('11 choices are a numbered text', () => {
  const messages = payloadsOf({ text: 'Which one?', choices: choices(11) });
  expect(messages.map(({ type }) => type)).toEqual(['text']);
  expect(textOf(messages[0]!).split('\n')).toHaveLength(12);
});

test('cards are rows with their prices, and a number for each', () => {
  const [message] = payloadsOf({ text: 'Mugs', cards: cards(4), choices: choices(2) });
  const rows = message!.interactive!.action.sections![0]!.rows;
  expect(rows[0]).toEqual({ id: 'ADD_TO_CART:SKU-1', title: 'Mug 1', description: 'P100' });
  expect(rows[5]).toEqual({ id: 'PICK:2', title: 'Choice 2' });
  expect(textOf(message!)).toBe(
    'Mugs\n1. Mug 1 - P100\n2. Mug 2 - P100\n3. Mug 3 - P100\n4. Mug 4 - P100\n5. Choice 1\n6. Choice 2',
  );
});

test('one card stands under its picture, with its own buttons', () => {
  const [message, ...others] = payloadsOf({
    text: 'Here it is',
    cards: cards(1),
    choices: choices(1),
  });
  expect(others).toEqual([]);
  expect(message!.interactive!.header).toEqual({
    type: 'image',
    image: { link: 'https://cdn.example.com/mug.jpg' },
  });
  expect(textOf(message!)).toBe('Here it is\nMug 1 - P100');
  expect(tapsOf(message!).map(({ title }) => title)).toEqual(['Add to cart', 'Choice 1']);
});

test('a picture without choices has the text as its caption', () => {
  const imageUrl = 'https://cdn.example.com/a.jpg';
  expect(payloadsOf({ text: 'Look', imageUrl })).toEqual([
    { type: 'image', image: { link: imageUrl, caption: 'Look' } },
  ]);
  expect(payloadsOf({ text: 'x'.repeat(1025), imageUrl }).map(({ type }) => type)).toEqual([
    'image',
    'text',
  ]);
});

test('"How many?" is answered by the number itself', () => {
  const numbers = ['1', '2', '3', '4', 'Other'].map((title) => ({
    title,
    value: `ANSWER:${title}`,
  }));
  const [message] = payloadsOf({ text: 'How many?', choices: numbers });
  expect(textOf(message!)).toBe('How many?');
  expect(tapsOf(message!)).toHaveLength(5);
});

test('what would be formatting is left out of titles', () => {
  const [message] = payloadsOf({
    text: 'Which?',
    choices: [{ title: '*Best* _mug_', value: 'A' }],
  });
  expect(tapsOf(message!)[0]!.title).toBe('Best mug');
});

test('a reply of nothing is no message', () => {
  expect(renderWhatsApp({ text: '' })).toEqual([]);
  expect(renderWhatsApp({ text: ' \n ' })).toEqual([]);
});
