import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { refuseMessengerRequest } from '../../src/playground/platforms/messenger-limits';
import { segmentsOf } from '../../src/channels/sms/gsm';
import { NOTHING_TO_TAP, openChat, type Sent } from '../support/chat';
import { useDatabase } from '../support/database';
import { parseTranscript } from '../support/transcript';

/** Twilio cuts nothing itself: a message this long is already one that nobody reads. */
const MAX_SEGMENTS = 8;
const UPDATES = process.env.UPDATE_TRANSCRIPTS === '1';

const transcripts = readdirSync(__dirname)
  .filter((file) => file.endsWith('.txt'))
  .map((file) => ({ file, text: readFileSync(path.join(__dirname, file), 'utf8') }));

describe('a conversation on Messenger', () => {
  const test = useDatabase();
  afterEach(() => jest.restoreAllMocks());

  it.each(transcripts.filter((one) => canBeOn('messenger', one.text)))(
    '$file',
    async ({ file, text }) => {
      const chat = await openChat(test, 'messenger');
      const played = await chat.play(text);
      if (UPDATES) writeFileSync(path.join(__dirname, file), played);
      else expect(played).toBe(text);
      expect(played).not.toContain(NOTHING_TO_TAP);
      for (const message of await chat.sent()) expectWithinLimits(message);
    },
  );
});

describe('the same conversation by SMS, where a number is sent for every tap, goes the same way', () => {
  const test = useDatabase();
  afterEach(() => jest.restoreAllMocks());

  it.each(transcripts.filter((one) => canBeOn('sms', one.text)))('$file', async ({ file }) => {
    const chat = await openChat(test, 'sms');
    // Read again: the run on Messenger may have rewritten it.
    const text = readFileSync(path.join(__dirname, file), 'utf8');
    const played = await chat.play(text);
    if (UPDATES && !canBeOn('messenger', text)) writeFileSync(path.join(__dirname, file), played);
    else expect(played).toBe(text);
    expect(played).not.toContain(NOTHING_TO_TAP);
    for (const message of await chat.sent()) expectWithinLimits(message);
  });
});

function canBeOn(channel: string, text: string): boolean {
  return [undefined, channel].includes(parseTranscript(text).onlyOn);
}

function expectWithinLimits({ channel, payload }: Sent): void {
  if (channel === 'messenger') {
    expect(refuseMessengerRequest({ recipient: { id: '1' }, ...payload })).toBeNull();
    return;
  }
  const body = String(payload.body);
  // One character outside GSM-7 more than halves what fits in a message (CHN-3).
  expect(segmentsOf(body)).toBe(segmentsOf('x'.repeat(gsmLength(body))));
  expect(segmentsOf(body)).toBeLessThanOrEqual(MAX_SEGMENTS);
}

/** Characters that cost two are none of ours. */
const gsmLength = (body: string): number => [...body].length;
