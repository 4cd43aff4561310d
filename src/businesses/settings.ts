import { z } from 'zod';
import { PAYMENT_METHODS } from './payment-methods';

/** An amount in minor units (centavos). */
const amount = z.number().int().nonnegative();
const minutes = z
  .number()
  .int()
  .min(1)
  .max(366 * 24 * 60);

const shippingZone = z.object({
  name: z.string().trim().min(1).max(80),
  provinces: z.array(z.string().trim().min(1).max(120)).min(1),
  fee: amount,
});

/** Rules that an owner can change: the JSON column businesses.settings. Amounts are in minor units. */
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
  shipping_zones: z
    .array(shippingZone)
    .default([
      {
        name: 'Metro Manila',
        provinces: ['Metro Manila', 'NCR', 'National Capital Region'],
        fee: 100_00,
      },
    ]),
  default_shipping_fee: amount.default(150_00),
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
  pending_orders_warning_from: z.number().int().min(1).default(5),
  duplicate_window_minutes: z.number().int().min(0).max(1440).default(10),
  cart_expiry_days: z.number().int().min(1).max(365).default(30),
  owner_phone: z
    .string()
    .regex(/^\+[1-9]\d{6,14}$/)
    .optional(),
  demo: z.boolean().optional(),
});
export type BusinessSettings = z.output<typeof settingsSchema>;
/** As it is stored: whatever is left out takes its default when it is read. */
export type StoredSettings = z.input<typeof settingsSchema>;
