import { setTimeout as delay } from 'node:timers/promises';
import type { LibraryClient } from './library';

const ASK_EVERY_MS = 30_000;
/** A page that computes for this long is not coming back. */
const ANSWER_WITHIN_MS = 20_000;

/** Says once when a started browser has ended, its page has crashed, or it does not answer: the library says none of it. */
export function watchHealth(
  client: Pick<LibraryClient, 'getState' | 'pupBrowser' | 'pupPage'>,
  ill: (reason: string) => void,
  { askEveryMs, answerWithinMs } = { askEveryMs: ASK_EVERY_MS, answerWithinMs: ANSWER_WITHIN_MS },
): void {
  client.pupBrowser?.on('disconnected', () => ill('the browser has ended'));
  client.pupPage?.on('error', () => ill('the page has crashed'));
  client.pupPage?.on('close', () => ill('the page was closed'));
  const ask = async (): Promise<void> => {
    const answer = await Promise.race([
      client.getState().then(
        () => 'alive',
        // Between two pages there is nobody to ask.
        () => 'alive',
      ),
      delay(answerWithinMs, 'hung', { ref: false }),
    ]);
    if (answer === 'hung') ill('the page does not answer');
  };
  setInterval(() => void ask(), askEveryMs).unref();
}
