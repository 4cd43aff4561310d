import { insertNotification } from '../../notifications/notification-store';
import { slotText } from '../turn';
import { LANGUAGES, toLanguage } from '../../templates/load-templates';
import { shippingFee } from '../../cart/totals';
import { readProvince } from '../../customers/read-address';
import { displayMoney } from '../../lib/money';
import { defineAction } from './action';

/** Forgets answers that were kept; the cart and the orders are the customer's and stay. */
defineAction('shop.forget', ['ok'], (turn) => {
  turn.memory.kept = {};
  turn.memory.misses = 0;
  return Promise.resolve({ outcome: 'ok' });
});

/** Tells the owner that somebody would like to talk to a person. */
defineAction('shop.call_person', ['ok'], async (turn) => {
  const name = turn.event.profileName;
  await insertNotification(turn.trx, {
    businessId: turn.business.id,
    recipientType: 'owner',
    template: 'owner_agent_requested',
    payload: { name: name ? ` (${name})` : '', channel: turn.conversation.channel },
    priority: 2,
    scheduledAt: turn.now,
  });
  return { outcome: 'ok' };
});

/** Switches the conversation to the language that was named. */
defineAction('shop.set_language', ['ok', 'unknown'], (turn, slots) => {
  const wanted = LANGUAGES.find((language) => language === slots.language);
  if (!wanted) return Promise.resolve({ outcome: 'unknown' });
  turn.language = toLanguage(wanted);
  turn.conversation.language = wanted;
  return Promise.resolve({ outcome: 'ok' });
});

/** What shipping costs to the place that was named, else everywhere. */
defineAction('shop.shipping_fees', ['ok'], (turn, slots) => {
  const { settings, currency } = turn.business;
  const province = readProvince(slotText(slots, 'place'));
  const fees = province
    ? [{ name: province, fee: shippingFee(settings, province, 0) }]
    : settings.shipping_zones.map(({ name, fee }) => ({ name, fee }));
  const text = fees.map(({ name, fee }) => `${name} ${displayMoney(fee, currency)}`).join(', ');
  return Promise.resolve({ outcome: 'ok', view: { params: { fees: text } } });
});
