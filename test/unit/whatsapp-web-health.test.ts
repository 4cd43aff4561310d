import { EventEmitter } from 'node:events';
import { watchHealth } from '../../src/channels/whatsapp-web/browser/watch-health';

const OFTEN = { askEveryMs: 5, answerWithinMs: 5 };
const alive = () => Promise.resolve('CONNECTED');
const firstComplaint = (
  client: Parameters<typeof watchHealth>[0],
  then: () => void = () => undefined,
) =>
  new Promise<string>((resolve) => {
    watchHealth(client, resolve, OFTEN);
    then();
  });

test.each([
  ['pupBrowser', 'disconnected', 'the browser has ended'],
  ['pupPage', 'error', 'the page has crashed'],
  ['pupPage', 'close', 'the page was closed'],
])('%s that says "%s": %s', async (who, event, reason) => {
  const emitter = new EventEmitter();
  const client = { getState: alive, [who]: emitter };
  expect(await firstComplaint(client, () => emitter.emit(event))).toBe(reason);
});

test('a page that does not answer has hung', async () => {
  expect(await firstComplaint({ getState: () => new Promise(() => undefined) })).toBe(
    'the page does not answer',
  );
});

test('one that answers, or is between two pages, is well', async () => {
  let asked = 0;
  const complaints: string[] = [];
  await new Promise<void>((resolve) => {
    const getState = () => {
      asked += 1;
      if (asked === 5) resolve();
      return asked % 2 === 0 ? alive() : Promise.reject(new Error('navigating'));
    };
    watchHealth({ getState }, (reason) => complaints.push(reason), OFTEN);
  });
  expect(complaints).toEqual([]);
});
