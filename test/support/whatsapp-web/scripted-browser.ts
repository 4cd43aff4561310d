import type { Browser, OpenBrowser } from '../../../src/channels/whatsapp-web/browser-process';
import type {
  BrowserNews,
  BrowserOptions,
  SeenMessage,
  SendOrder,
} from '../../../src/channels/whatsapp-web/messages';

/** A browser that a test plays: the one thing outside that cannot be had in a test at every moment of its life. */
export interface ScriptedBrowser {
  options: BrowserOptions;
  isStopped: boolean;
  sent: SendOrder[];
  /** From when on it was asked to tell everything again. */
  caughtUpSince: Date[];
  tell(news: BrowserNews): void;
}

export function scriptedBrowsers(): { opened: ScriptedBrowser[]; open: OpenBrowser } {
  const opened: ScriptedBrowser[] = [];
  const open: OpenBrowser = (options, hear): Browser => {
    const browser: ScriptedBrowser = {
      options,
      isStopped: false,
      sent: [],
      caughtUpSince: [],
      tell: hear,
    };
    opened.push(browser);
    return {
      send: (order) => {
        browser.sent.push(order);
        return Promise.resolve({ ok: true, id: `true_${order.chatId}_${order.outgoingId}` });
      },
      download: () => Promise.resolve({ ok: false, why: 'gone', message: '' }),
      catchUp: (since) => void browser.caughtUpSince.push(since),
      stop: () => {
        browser.isStopped = true;
        return Promise.resolve();
      },
    };
  };
  return { opened, open };
}

export const seenText = (id: string, body: string, from = '15550002222@c.us'): SeenMessage => ({
  id: `false_${from}_${id}`,
  type: 'chat',
  from,
  to: '15550001111@c.us',
  isFromMe: false,
  isStatus: false,
  timestamp: Math.floor(Date.now() / 1000),
  body,
});
