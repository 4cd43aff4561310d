const WORDS = {
  en: {
    open: 'Chat with us',
    close: 'Close the chat',
    write: 'Write a message',
    send: 'Send',
    attach: 'Send a picture',
    messages: 'Messages',
    choices: 'Answers to choose from',
    you: 'You',
    picture: 'Picture',
    sending: 'Sending…',
    waiting: 'No connection. It is sent as soon as there is one.',
    refused: 'Not sent.',
    offline: 'No connection. Trying again…',
    unavailable: 'The chat is not available on this page.',
    unread: (count) => (count === 1 ? '1 new message' : `${count} new messages`),
  },
  fil: {
    open: 'Makipag-chat sa amin',
    close: 'Isara ang chat',
    write: 'Sumulat ng mensahe',
    send: 'Ipadala',
    attach: 'Magpadala ng larawan',
    messages: 'Mga mensahe',
    choices: 'Mga pagpipiliang sagot',
    you: 'Ikaw',
    picture: 'Larawan',
    sending: 'Ipinapadala…',
    waiting: 'Walang koneksyon. Ipapadala ito kapag mayroon na.',
    refused: 'Hindi naipadala.',
    offline: 'Walang koneksyon. Sinusubukan muli…',
    unavailable: 'Hindi magagamit ang chat sa pahinang ito.',
    unread: (count) => `${count} bagong mensahe`,
  },
};

/** The widget's own words; what the shop says comes from the shop. */
export function wordsOf(language) {
  const tag = String(language || '').toLowerCase();
  return /^(fil|tl)\b/.test(tag) ? WORDS.fil : WORDS.en;
}
