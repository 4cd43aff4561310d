import { messenger } from '../../src/channels/messenger';
import { sms } from '../../src/channels/sms';
import { whatsapp } from '../../src/channels/whatsapp';
import { whatsappTwilio } from '../../src/channels/whatsapp-twilio';
import { refuseMessengerRequest } from '../../src/playground/platforms/messenger-limits';
import { refuseWhatsAppRequest } from '../../src/playground/platforms/whatsapp-limits';

const imageUrl = 'https://shop.example/mug.jpg';
const choices = [{ title: 'Add to cart', value: 'ADD:1' }];
const card = { title: 'Mug', subtitle: 'P 150.00', imageUrl, choices };

test('a carousel keeps its cards and buttons', () => {
  const [message] = messenger.render({ text: '', cards: [card, { ...card, title: 'Cap' }] });
  const bare = messenger.withoutPicture!(message!.payload)!;
  expect(JSON.stringify(bare)).not.toContain(imageUrl);
  expect(JSON.stringify(bare)).toContain('"title":"Cap"');
  expect(refuseMessengerRequest({ ...bare, recipient: { id: '1' } })).toBeNull();
});

test('of a picture alone nothing is left', () => {
  for (const channel of [messenger, whatsapp, whatsappTwilio]) {
    const [picture] = channel.render({ text: '', imageUrl });
    expect(channel.withoutPicture!(picture!.payload)).toBeNull();
  }
});

test('a caption becomes a text', () => {
  const [message] = whatsapp.render({ text: 'A mug', imageUrl });
  expect(whatsapp.withoutPicture!(message!.payload)).toMatchObject({
    type: 'text',
    text: { body: 'A mug' },
  });
  const [byTwilio] = whatsappTwilio.render({ text: 'A mug', imageUrl });
  expect(whatsappTwilio.withoutPicture!(byTwilio!.payload)).toEqual({ body: 'A mug' });
});

test('buttons stay when the picture over them goes', () => {
  const [message] = whatsapp.render({ text: 'A mug', imageUrl, choices });
  const bare = whatsapp.withoutPicture!(message!.payload)!;
  expect(JSON.stringify(bare)).not.toContain(imageUrl);
  const request = { ...bare, messaging_product: 'whatsapp', to: '+15550002222' };
  expect(refuseWhatsAppRequest(request)).toBeNull();
});

test('a message without a picture is not changed into anything else', () => {
  const [text] = messenger.render({ text: 'Hello' });
  expect(messenger.withoutPicture!(text!.payload)).toBeNull();
  expect(whatsapp.withoutPicture!(whatsapp.render({ text: 'Hello' })[0]!.payload)).toBeNull();
  expect(sms).not.toHaveProperty('withoutPicture');
});
