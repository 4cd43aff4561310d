export const PAYMENT_METHODS = [
  'cod',
  'in_person',
  'bank_transfer',
  'gcash',
  'maya',
  'card',
  'paypal',
  'razorpay',
  'payu',
] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

/** When the money comes: at the door, by a transfer that a person checks, or before anything happens. It sets the hold time (INV-2). */
export type PaymentKind = 'cod' | 'transfer' | 'prepaid';

const KINDS: Record<PaymentMethod, PaymentKind> = {
  cod: 'cod',
  in_person: 'cod',
  bank_transfer: 'transfer',
  gcash: 'transfer',
  maya: 'transfer',
  card: 'prepaid',
  paypal: 'prepaid',
  razorpay: 'prepaid',
  payu: 'prepaid',
};

const LABELS: Record<PaymentMethod, string> = {
  cod: 'Cash on delivery',
  in_person: 'Pay at pick-up',
  bank_transfer: 'Bank transfer',
  gcash: 'GCash',
  maya: 'Maya',
  card: 'Card',
  paypal: 'PayPal',
  razorpay: 'Razorpay',
  payu: 'PayU',
};

/** Other names that clients use. */
const ALIASES: Record<string, PaymentMethod> = {
  cash_on_delivery: 'cod',
  credit_card: 'card',
  debit_card: 'card',
  paymaya: 'maya',
};

export const paymentKind = (method: PaymentMethod): PaymentKind => KINDS[method];
export const paymentLabel = (method: PaymentMethod): string => LABELS[method];

export function readPaymentMethod(text: string): PaymentMethod | null {
  const name = text.trim().toLowerCase();
  return PAYMENT_METHODS.find((method) => method === name) ?? ALIASES[name] ?? null;
}
