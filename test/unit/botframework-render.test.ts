import fc from 'fast-check';
import { LIMITS, renderBotFramework } from '../../src/channels/botframework/render';
import type { Reply } from '../../src/channels/reply';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.constant('👨‍👩‍👧‍👦'.repeat(600)),
  fc.constant('x'.repeat(9_000)),
);
const choice = fc.record({
  title: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
  value: fc.string({ minLength: 1, maxLength: 200 }),
});
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
    { maxLength: 25 },
  ),
  choices: fc.array(choice, { maxLength: 40 }),
});

interface Shown {
  text?: string;
  suggestedActions?: { actions: { title: string; value: string }[] };
  attachments?: { content?: { title: string; subtitle?: string; buttons?: { title: string }[] } }[];
}

test('whatever the bot says fits the narrowest of the channels', () => {
  fc.assert(
    fc.property(reply, (one) => {
      for (const { payload } of renderBotFramework(one)) {
        const { text: said = '', suggestedActions, attachments = [] } = payload as Shown;
        expect(said.length).toBeLessThanOrEqual(LIMITS.text);
        expect(said.trim() !== '' || attachments.length > 0).toBe(true);
        expect(suggestedActions?.actions.length ?? 0).toBeLessThanOrEqual(LIMITS.suggestedActions);
        expect(attachments.length).toBeLessThanOrEqual(LIMITS.cards);
        const buttons = [
          ...(suggestedActions?.actions ?? []),
          ...attachments.flatMap(({ content }) => content?.buttons ?? []),
        ];
        for (const { title } of buttons)
          expect(title.length).toBeLessThanOrEqual(LIMITS.buttonTitle);
        for (const { content } of attachments) {
          expect(content?.title.length ?? 0).toBeLessThanOrEqual(LIMITS.cardTitle);
          expect(content?.buttons?.length ?? 0).toBeLessThanOrEqual(LIMITS.cardButtons);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('more choices than can be tapped are counted in the text, so that a number answers', () => {
  const choices = Array.from({ length: 12 }, (_, n) => ({ title: `Choice ${n}`, value: `C:${n}` }));
  const [message] = renderBotFramework({ text: 'Which?', choices });
  expect(message!.payload.text).toContain('12. Choice 11');
});

test('choices without a word hang on their own names', () => {
  const [message] = renderBotFramework({ text: '', choices: [{ title: 'Yes', value: 'YES' }] });
  expect(message!.payload).toMatchObject({ text: 'Yes', suggestedActions: { actions: [{ value: 'YES' }] } }); // prettier-ignore
});
