import { eventually } from './eventually';
import type { FakeConnector, ShownAction, ShownActivity } from './fake-connector';

/** A person at the Bot Framework Emulator, or in one of its channels: what they do, and what they are shown. */
export interface EmulatorPerson {
  conversationId: string;
  /** Posts an activity; gives the status. */
  post(activity: object, headers?: Record<string, string>): Promise<number>;
  /** Opens the chat. */
  join(): Promise<number>;
  say(text: string): Promise<void>;
  /** Taps the newest button of this title, on a card of that title if one is named; waits until it is there. */
  tap(title: RegExp, card?: string): Promise<void>;
  /** Waits until something like this is shown after what was done last. */
  sees(text: RegExp): Promise<string>;
}

export function emulatorPerson(
  appUrl: () => string,
  connector: FakeConnector,
  {
    channelId = 'emulator',
    conversationId = `conversation-${Date.now()}|livechat`,
    authorization = '',
  } = {},
): EmulatorPerson {
  let count = 0;
  let from = 0;
  const own = () => connector.shown.filter((one) => one.conversationId === conversationId);
  const textsOf = ({ activity }: ShownActivity) =>
    [
      activity.text ?? '',
      ...(activity.attachments ?? []).map(({ content }) => content?.title ?? ''),
    ].join('\n');

  const post: EmulatorPerson['post'] = async (activity, headers = {}) => {
    const response = await fetch(`${appUrl()}/api/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(authorization ? { authorization } : {}),
        ...headers,
      },
      body: JSON.stringify({
        channelId,
        serviceUrl: connector.url,
        id: `activity-${(count += 1)}`,
        timestamp: new Date().toISOString(),
        conversation: { id: conversationId },
        from: { id: 'person-1', name: 'Maria', role: 'user' },
        recipient: { id: 'bot-1', name: 'Bot', role: 'bot' },
        locale: 'en-US',
        ...activity,
      }),
    });
    return response.status;
  };
  const act = async (activity: object): Promise<void> => {
    from = own().length;
    const status = await post({ type: 'message', ...activity });
    if (status !== 200) throw new Error(`the activity was answered with ${status}`);
  };

  return {
    conversationId,
    post,
    join: () =>
      post({ type: 'conversationUpdate', membersAdded: [{ id: 'bot-1' }, { id: 'person-1' }] }),
    say: (text) => act({ text }),
    tap: async (title, card) => {
      const find = () => own().flatMap((one) => actionsOf(one, card)).reverse().find((one) => title.test(one.title)); // prettier-ignore
      await eventually(() => Promise.resolve(find() !== undefined));
      await act({ text: find()!.value, channelData: { postBack: true } });
    },
    sees: async (text) => {
      const find = () => own().slice(from).map(textsOf).find((one) => text.test(one)); // prettier-ignore
      await eventually(() => Promise.resolve(find() !== undefined));
      return find()!;
    },
  };
}

const actionsOf = ({ activity }: ShownActivity, card?: string): ShownAction[] => [
  ...(activity.attachments ?? [])
    .filter(({ content }) => card === undefined || content?.title === card)
    .flatMap(({ content }) => content?.buttons ?? []),
  ...(card === undefined ? (activity.suggestedActions?.actions ?? []) : []),
];
