import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import type { Business } from '../businesses/business-store';
import { readPaymentMethod, type PaymentMethod } from '../businesses/payment-methods';
import type { Minor } from '../lib/money';
import { MAX_ITEMS, MAX_QUANTITY, ORDER_SOURCES, type OrderSource } from './order';
import type { OrderErrorCode, OrderProblem } from './order-errors';
import {
  asFields,
  asText,
  readAmount,
  readField,
  readFlag,
  readId,
  readText,
  type Fields,
  type Wrong,
} from './read-fields';

/** What could be read of an order; null or missing where it was wrong, and then a problem says so. */
export interface ReadOrder {
  userId: number | null;
  items: ReadItem[];
  /** Beyond the limit items are not read, and amounts cannot be compared. */
  hasAllItems: boolean;
  subtotal: Minor | null;
  shipping: Minor | null;
  discount: Minor | null;
  total: Minor | null;
  paymentMethod: PaymentMethod | null;
  address: ReadAddress;
  promoCode: string | null;
  orderSource: OrderSource;
  notes: string | null;
  idempotencyKey: string | null;
  confirmDuplicate: boolean;
  /** Kept without holds until somebody places it. */
  isDraft: boolean;
}

export interface ReadItem {
  /** Its place in the request, for messages. */
  index: number;
  productId: number | null;
  variantId: number | null;
  quantity: number | null;
}

export interface ReadAddress {
  recipientName: string;
  phone: string;
  address: string;
  city: string;
  province: string;
  postalCode: string | null;
  country: string;
}

const ADDRESS_LIMITS = { recipient_name: 120, address: 300, city: 120, province: 120 } as const;
const MAX_NOTES = 1_000;
const MAX_KEY = 191;

/** Reads order data from anybody: every problem of its form at once (ORD-2), nothing thrown. Knows no database. */
export function readOrder(
  input: unknown,
  business: Business,
): { order: ReadOrder; problems: OrderProblem[] } {
  const fields = asFields(input);
  const problems: OrderProblem[] = [];
  const wrong = (field: string, code: OrderErrorCode, message: string) =>
    void problems.push({ field, code, message });

  const userId = readId(fields.user_id);
  if (userId === null) wrong('user_id', 'USER_NOT_FOUND', 'There is no such customer.');
  const items = readItems(fields.items, wrong);
  const subtotal = readAmount(fields.subtotal);
  if (subtotal === null || subtotal <= 0)
    wrong('subtotal', 'INVALID_SUBTOTAL', 'The subtotal must be an amount above 0.');
  const method =
    typeof fields.payment_method === 'string' ? readPaymentMethod(fields.payment_method) : null;
  const paymentMethod =
    method && business.settings.payment_methods.includes(method) ? method : null;
  if (paymentMethod === null) {
    const offered = business.settings.payment_methods.join(', ');
    wrong('payment_method', 'INVALID_PAYMENT', `The payment method must be one of: ${offered}.`);
  }
  const text = (field: string) => readField(fields, field, wrong);
  const flag = (field: string) => readFlag(fields, field, wrong);
  const notes = text('notes');
  if (notes !== null && notes.length > MAX_NOTES)
    wrong('notes', 'INVALID_FIELD', `Notes have at most ${MAX_NOTES} characters.`);
  const key = text('idempotency_key');
  if (key !== null && key.length > MAX_KEY) {
    wrong(
      'idempotency_key',
      'INVALID_FIELD',
      `An idempotency key has at most ${MAX_KEY} characters.`,
    );
  }
  const source = fields.order_source ?? 'api';
  const orderSource = ORDER_SOURCES.find((one) => one === source);
  if (!orderSource)
    wrong(
      'order_source',
      'INVALID_FIELD',
      `The source must be one of: ${ORDER_SOURCES.join(', ')}.`,
    );

  return {
    order: {
      userId,
      items,
      hasAllItems: !Array.isArray(fields.items) || fields.items.length === items.length,
      subtotal,
      shipping:
        fields.shipping_fee === undefined || fields.shipping_fee === null
          ? 0
          : readAmount(fields.shipping_fee),
      discount:
        fields.discount_amount === undefined || fields.discount_amount === null
          ? 0
          : readAmount(fields.discount_amount),
      total: readAmount(fields.total_amount),
      paymentMethod,
      address: readAddress(fields.shipping_address, business.country, wrong),
      promoCode: text('promo_code'),
      orderSource: orderSource ?? 'api',
      notes,
      idempotencyKey: key,
      confirmDuplicate: flag('confirm_duplicate'),
      isDraft: flag('draft'),
    },
    problems,
  };
}

function readItems(value: unknown, wrong: Wrong): ReadItem[] {
  if (!Array.isArray(value) || value.length === 0) {
    wrong('items', 'ITEMS_REQUIRED', 'An order needs at least one item.');
    return [];
  }
  if (value.length > MAX_ITEMS)
    wrong('items', 'TOO_MANY_ITEMS', `An order has at most ${MAX_ITEMS} items.`);
  return value
    .slice(0, MAX_ITEMS)
    .map((item: unknown, index) => readItem(asFields(item), index, wrong));
}

function readItem(fields: Fields, index: number, wrong: Wrong): ReadItem {
  const productId = readId(fields.product_id);
  if (productId === null)
    wrong(`items[${index}].product_id`, 'PRODUCT_NOT_FOUND', 'There is no such product.');
  const hasVariant = fields.variant_id !== undefined && fields.variant_id !== null;
  const variantId = hasVariant ? readId(fields.variant_id) : null;
  if (hasVariant && variantId === null)
    wrong(`items[${index}].variant_id`, 'VARIANT_NOT_FOUND', 'There is no such variant.');
  const { quantity } = fields;
  if (typeof quantity !== 'number' || !Number.isSafeInteger(quantity) || quantity < 1) {
    wrong(
      `items[${index}].quantity`,
      'INVALID_QUANTITY',
      'The quantity must be a whole number of at least 1.',
    );
    return { index, productId, variantId, quantity: null };
  }
  if (quantity > MAX_QUANTITY) {
    wrong(
      `items[${index}].quantity`,
      'QUANTITY_LIMIT',
      `At most ${MAX_QUANTITY} of one item can be ordered.`,
    );
  }
  return {
    index,
    productId: hasVariant && variantId === null ? null : productId,
    variantId,
    quantity,
  };
}

function readAddress(value: unknown, defaultCountry: string, wrong: Wrong): ReadAddress {
  const fields = asFields(value);
  const text = (name: keyof typeof ADDRESS_LIMITS): string => {
    const given = readText(fields[name]) ?? '';
    if (given === '')
      wrong(
        `shipping_address.${name}`,
        'ADDRESS_INCOMPLETE',
        `The address lacks its ${name.replace('_', ' ')}.`,
      );
    else if (given.length > ADDRESS_LIMITS[name]) {
      wrong(
        `shipping_address.${name}`,
        'INVALID_FIELD',
        `The ${name.replace('_', ' ')} has at most ${ADDRESS_LIMITS[name]} characters.`,
      );
    }
    return given;
  };
  const recipientName = text('recipient_name');
  const phoneText = readText(asText(fields.phone)) ?? '';
  const country = (readText(fields.country) ?? defaultCountry).toUpperCase();
  const isCountry = /^[A-Z]{2}$/.test(country);
  if (!isCountry)
    wrong(
      'shipping_address.country',
      'INVALID_FIELD',
      'The country must be a code of two letters, such as PH.',
    );
  const phone = readPhone(phoneText, isCountry ? country : defaultCountry);
  if (phoneText === '')
    wrong('shipping_address.phone', 'ADDRESS_INCOMPLETE', 'The address lacks its phone.');
  else if (phone === null)
    wrong('shipping_address.phone', 'INVALID_PHONE', 'This is not a phone number.');
  const postalCode = readText(fields.postal_code);
  if (postalCode !== null && postalCode.length > 16) {
    wrong(
      'shipping_address.postal_code',
      'INVALID_FIELD',
      'The postal code has at most 16 characters.',
    );
  }
  return {
    recipientName,
    phone: phone ?? phoneText,
    address: text('address'),
    city: text('city'),
    province: text('province'),
    postalCode,
    country,
  };
}

/** E.164, or null; a number without a country code is one of the business's country. */
export function readPhone(text: string, country: string): string | null {
  const phone = parsePhoneNumberFromString(text, country as CountryCode);
  return phone?.isValid() ? phone.number : null;
}
