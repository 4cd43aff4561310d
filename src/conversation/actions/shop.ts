import { insertNotification } from '../../notifications/notification-store';
import type { ShippingZone } from '../../businesses/shipping-zone';
import { label, slotText, type Turn } from '../turn';
import { LANGUAGES, toLanguage } from '../../templates/load-templates';
import { zoneOf } from '../../cart/shipping-fee';
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

/** What shipping costs to the place that was named, by weight where it goes by that; else everywhere, in short. */
defineAction('shop.shipping_fees', ['ok'], (turn, slots) => {
  const { settings } = turn.business;
  const province = readProvince(slotText(slots, 'place'));
  const elsewhere = { fee: settings.default_shipping_fee };
  const fees = province
    ? [`${province} ${feeWords(turn, zoneOf(settings, province) ?? elsewhere)}`]
    : settings.shipping_zones.map((zone) => `${zone.name} ${shortFeeWords(turn, zone)}`);
  return Promise.resolve({ outcome: 'ok', view: { params: { fees: fees.join(', ') } } });
});

type Fees = Pick<ShippingZone, 'fee' | 'steps' | 'per_kg_above'>;
/** More would not be read on a phone; the cart says the fee exactly. */
const MAX_SHOWN_STEPS = 6;

/** "P180 up to 3 kg, P250 up to 5 kg, +P60 each kg more" */
function feeWords(turn: Turn, zone: Fees): string {
  const { steps, per_kg_above: perKg } = zone;
  if (!steps || steps.length > MAX_SHOWN_STEPS) return shortFeeWords(turn, zone);
  const money = (fee: number) => displayMoney(fee, turn.business.currency);
  const words = steps.map(({ up_to_grams: most, fee }) =>
    label(turn, 'shipping_words', 'up_to', { fee: money(fee), weight: weightText(most) }),
  );
  if (perKg) words.push(label(turn, 'shipping_words', 'each_kg', { fee: money(perKg) }));
  return words.join(', ');
}

/** "P120", or "from P180" where it goes by weight. */
function shortFeeWords(turn: Turn, { fee, steps }: Fees): string {
  const lowest = displayMoney(steps?.[0]?.fee ?? fee ?? 0, turn.business.currency);
  return steps ? label(turn, 'shipping_words', 'from', { fee: lowest }) : lowest;
}

const weightText = (grams: number): string =>
  grams < 1_000 ? `${grams} g` : `${grams / 1_000} kg`;
