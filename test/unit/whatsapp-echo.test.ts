import { parseWhatsAppWebhook } from '../../src/channels/whatsapp/parse';

const NOW = new Date('2026-03-01T00:00:00Z');
const body = (...echoes: unknown[]) => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: '1',
      changes: [
        {
          field: 'smb_message_echoes',
          value: {
            messaging_product: 'whatsapp',
            metadata: { display_phone_number: '15550001111', phone_number_id: '200000000000601' },
            message_echoes: echoes,
          },
        },
      ],
    },
  ],
});
const echo = {
  from: '15550001111',
  to: '639171234567',
  id: 'wamid.echo',
  timestamp: '1772000000',
  type: 'text',
  text: { body: 'Ana here' },
};

describe('what a person has written on the phone that the Cloud API shares', () => {
  it('is an echo in the conversation with the customer', () => {
    expect(parseWhatsAppWebhook(body(echo), NOW)).toEqual([
      {
        channel: 'whatsapp',
        accountId: '200000000000601',
        externalId: '+639171234567',
        providerMessageId: 'wamid.echo',
        sentAt: new Date(1772000000_000),
        body: { kind: 'echo', messageId: 'wamid.echo', text: 'Ana here', attachments: undefined },
      },
    ]);
  });

  it('goes by the user id where there is one, and by its kind where it has no words', () => {
    const picture = { ...echo, to_user_id: 'PH.1', type: 'image', text: undefined, image: {} };
    expect(parseWhatsAppWebhook(body(picture), NOW)).toMatchObject([
      { externalId: 'PH.1', body: { kind: 'echo', attachments: ['image'] } },
    ]);
  });

  it('is kept when it cannot be understood, and hides nothing', () => {
    const events = parseWhatsAppWebhook(body(null, { ...echo, to: undefined }, echo), NOW);
    expect(events.map((one) => one.body.kind)).toEqual(['other', 'other', 'echo']);
  });
});
