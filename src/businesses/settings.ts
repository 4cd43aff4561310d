import { z } from 'zod';
import { LANGUAGES } from '../templates/load-templates';
import { PAYMENT_METHODS } from './payment-methods';
import { MAX_WEIGHT_GRAMS, shippingZone } from './shipping-zone';

/** An amount in minor units (centavos). */
const amount = z.number().int().nonnegative();
const minutes = z
  .number()
  .int()
  .min(1)
  .max(366 * 24 * 60);

/** So many of something are looked at most: RECENT_PER_KEY of orders/risk-store.ts. */
const count = z.number().int().min(1).max(50);
const points = z.number().int().min(0).max(100);

/** What a browser calls the site of a page: scheme, host and port. */
const origin = z.union([
  z.literal('*'),
  z.string().refine((text) => URL.canParse(text) && new URL(text).origin === text, {
    message: 'must be like https://shop.example, without a path',
  }),
]);

/** Rules that an owner can change: the JSON column businesses.settings. Amounts are in minor units. */
/** A message that a platform has approved for when its window is closed (NTF-2), under the name and in the language that it has there. */
const approvedTemplate = z
  .strictObject({
    channel: z.enum(['messenger', 'whatsapp']),
    /** Ours: a folder of templates/. */
    template: z.string().regex(/^[a-z0-9_]{1,64}$/),
    language: z.enum(LANGUAGES),
    /** Meta's name and language code of it. */
    name: z.string().min(1).max(512).optional(),
    code: z.string().min(2).max(15).optional(),
    /** Twilio's. */
    content_sid: z
      .string()
      .regex(/^HX[0-9a-f]{32}$/)
      .optional(),
    /** What fills it, in its order: names of what our template is filled with. */
    parameters: z
      .array(z.string().regex(/^[a-z0-9_]{1,64}$/))
      .max(20)
      .default([]),
  })
  .refine(({ name, content_sid }) => name !== undefined || content_sid !== undefined, {
    message: 'needs the name that Meta knows it by, or the content_sid of Twilio',
  });
export type ApprovedTemplate = z.output<typeof approvedTemplate>;

export const settingsSchema = z.object({
  /** INV-2 */
  hold_minutes: z
    .object({
      prepaid: minutes.default(15),
      transfer: minutes.default(30),
      cod: minutes.default(24 * 60),
    })
    .prefault({}),
  /** The first zone that names the province decides; elsewhere the default fee. */
  shipping_zones: z.array(shippingZone).default([
    {
      name: 'Metro Manila',
      provinces: ['Metro Manila', 'NCR', 'National Capital Region'],
      fee: 100_00,
    },
  ]),
  default_shipping_fee: amount.default(150_00),
  /** What a piece counts for whose product has no weight. */
  default_weight_grams: z.number().int().min(0).max(MAX_WEIGHT_GRAMS).default(0),
  /** From this subtotal on shipping is free; null: never. */
  free_shipping_from: amount.nullable().default(null),
  tax: z
    .object({
      /** 0.12 for 12 percent. */
      rate: z.number().min(0).max(1).default(0),
      /** Prices have the tax in them already: nothing is added. */
      included: z.boolean().default(true),
    })
    .prefault({}),
  payment_methods: z
    .array(z.enum(PAYMENT_METHODS))
    .min(1)
    .default(['cod', 'bank_transfer', 'gcash', 'maya', 'card', 'in_person']),
  /** ORD-7 */
  cod_verification_above: amount.default(50_000_00),
  special_approval_above: amount.default(500_000_00),
  /** From this total on a person looks; without it HIGH_VALUE_THRESHOLD of the deployment, if that is set. Null: never. */
  high_value_from: amount.nullable().optional(),
  pending_orders_warning_from: z.number().int().min(1).default(5),
  duplicate_window_minutes: z.number().int().min(0).max(1440).default(10),
  /** ORD-7: the risk score, 0 to 100, is the sum of the points of its reasons. */
  fraud: z
    .object({
      /** From this score on a person looks; without it FRAUD_SCORE_THRESHOLD of the deployment, else 75. */
      review_from: z.number().min(1).max(100).optional(),
      /** The most that each reason adds. Velocity alone stays below the score of a review. */
      weights: z
        .object({
          new_customer: points.default(10),
          cod_amount: points.default(25),
          customer_velocity: points.default(15),
          phone_velocity: points.default(10),
          ip_velocity: points.default(10),
          refused_cod: points.default(40),
          shared_phone: points.default(10),
          pending_orders: points.default(5),
          unusual_quantity: points.default(10),
        })
        .prefault({}),
      /** Orders before this one from which on it is fast. */
      velocity: z
        .object({
          customer_per_hour: count.default(10),
          customer_per_day: count.default(25),
          phone_per_hour: count.default(12),
          phone_per_day: count.default(30),
          ip_per_hour: count.default(30),
          ip_per_day: count.default(50),
        })
        .prefault({}),
      /** Customers who gave the same phone within 30 days. */
      shared_phone_from: count.default(4),
      /** Pieces of one item. */
      unusual_quantity_from: z.number().int().min(1).default(30),
    })
    .prefault({}),
  /** ORD-8: what a customer may order by cash on delivery without a person looking, by level. */
  cod_trust: z
    .object({
      limits: z
        .array(amount)
        .min(1)
        .max(20)
        .refine(
          (limits) => limits.every((limit, at) => at === 0 || limit >= (limits[at - 1] ?? 0)),
          {
            message: 'must not fall from level to level',
          },
        )
        .default([0, 2_000_00, 10_000_00, 50_000_00, 100_000_00, 250_000_00, 500_000_00]),
      /** The level of somebody who has never ordered; a refused parcel takes one level away. */
      start_level: z.number().int().min(0).max(19).default(3),
      /** Delivered orders that raise it by one level each; an ID check raises it, too. */
      raise_at: z.array(z.number().int().min(1)).max(20).default([3, 10, 25]),
    })
    .prefault({}),
  /** ORD-5: cash-on-delivery orders that confirm themselves, unless a person has to look. */
  auto_confirm_cod: z
    .object({ trusted: z.boolean().default(false), below: amount.nullable().default(null) })
    .prefault({}),
  /** DLG-8: without a word of the person who has taken a conversation for this long, the bot is back. */
  takeover_idle_minutes: minutes.default(30),
  cart_expiry_days: z.number().int().min(1).max(365).default(30),
  /** CHN-5: other sites whose pages may embed the chat; the shop's own address always may, `*` means any site. */
  webchat: z.object({ allowed_origins: z.array(origin).max(50).default([]) }).prefault({}),
  owner_phone: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/)
    .optional(),
  /** Where the owner is told what no SMS could bring; without it the first admin's address. */
  owner_email: z.email().max(160).optional(),
  approved_templates: z.array(approvedTemplate).max(200).default([]),
  demo: z.boolean().optional(),
});
export type BusinessSettings = z.output<typeof settingsSchema>;
/** As it is stored: whatever is left out takes its default when it is read. */
export type StoredSettings = z.input<typeof settingsSchema>;
