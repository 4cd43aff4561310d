import { CONSENT_CHANNELS, consentWord } from '../channels/consent-words';
import { findOptOut, insertConsent, type NewConsent } from '../customers/consent-store';
import { say, type Turn } from './turn';

/**
 * STOP, START and HELP, before the dialog sees them (CHN-3). True when the turn ends here: after STOP one confirmation,
 * then silence until START, whatever is written.
 */
export async function heedConsent(turn: Turn): Promise<boolean> {
  const { trx, conversation, event } = turn;
  if (!CONSENT_CHANNELS.has(conversation.channel)) return false;
  const optOut = await findOptOut(trx, conversation);
  const isStopped = optOut !== null;
  switch (wordOf(turn, isStopped)) {
    case 'stop':
      await note(turn, 'opt_out');
      // Who stops twice was told once; and what the carrier has confirmed, it has confirmed for us.
      if (!isStopped && !event.carrierKeyword) say(turn, 'consent_stopped');
      return true;
    case 'start':
      await note(turn, 'opt_in');
      if (isStopped) say(turn, 'consent_started');
      return isStopped;
    case 'help':
      await note(turn, 'help');
      return isStopped;
    default:
      return isStopped;
  }
}

function wordOf(
  { event, conversation }: Turn,
  isStopped: boolean,
): 'stop' | 'start' | 'help' | undefined {
  const ofCarrier = ({ STOP: 'stop', START: 'start', HELP: 'help' } as const)[
    event.carrierKeyword ?? ('' as never)
  ];
  return ofCarrier ?? consentWord(conversation.channel, event.text ?? '', isStopped);
}

const note = (
  { trx, conversation, event, message }: Turn,
  action: NewConsent['action'],
): Promise<void> =>
  insertConsent(trx, conversation, {
    action,
    word: event.text ?? event.carrierKeyword ?? '',
    source: 'message',
    inboxMessageId: message.id,
    at: message.sentAt,
  });
