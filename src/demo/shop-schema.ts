import { z } from 'zod';
import { ISLAND_GROUPS } from '../customers/ph-places';
import { toMinor } from '../lib/money';

/** What a WhatsApp list shows of a row's title, and Messenger of a quick reply's and a card's subtitle: the demo fits without being cut. */
const LIST_TITLE_MAX = 24;
const QUICK_REPLY_MAX = 20;
const CARD_SUBTITLE_MAX = 80;

const money = z
  .number()
  .nonnegative()
  .multipleOf(0.01)
  .transform((pesos) => toMinor(pesos));
const sku = z.string().regex(/^SKU-\d{4}(-[A-Z0-9]+)*$/, 'must look like SKU-1001 or SKU-1001-BLK');
const count = z.number().int().nonnegative();

const variant = z.strictObject({
  sku,
  name: z.string().min(1).max(QUICK_REPLY_MAX),
  options: z.record(z.string(), z.string()),
  price: money.optional(),
  stock: count,
});

const product = z
  .strictObject({
    sku,
    name: z.string().min(1).max(LIST_TITLE_MAX),
    description: z.string().min(1).max(CARD_SUBTITLE_MAX),
    price: money,
    stock: count.optional(),
    low_stock_threshold: count,
    weight_grams: count.min(1),
    variants: z.array(variant).min(1).optional(),
  })
  .refine((given) => (given.stock === undefined) !== (given.variants === undefined), {
    message: 'has either a stock or variants, which have their own',
  });

const category = z.strictObject({
  name: z.string().min(1).max(QUICK_REPLY_MAX),
  description: z.string().min(1).max(CARD_SUBTITLE_MAX),
  products: z.array(product).min(1),
});

const promoCode = z.discriminatedUnion('type', [
  z.strictObject({
    ...promoRules(),
    type: z.literal('percent'),
    value: z.number().positive().max(100),
    maximum_discount: money.optional(),
  }),
  z.strictObject({ ...promoRules(), type: z.literal('fixed'), value: z.number().positive() }),
  z.strictObject({ ...promoRules(), type: z.literal('free_shipping') }),
]);

function promoRules() {
  return {
    code: z.string().regex(/^[A-Z0-9]{3,40}$/, 'must be capital letters and digits'),
    description: z.string().min(1).max(CARD_SUBTITLE_MAX),
    minimum_subtotal: money.optional(),
    limit: count.optional(),
    per_customer: count.optional(),
  };
}

const zone = z.strictObject({
  name: z.string().min(1),
  island_group: z.enum(ISLAND_GROUPS),
  also: z.array(z.string().min(1)).default([]),
  fee: money.optional(),
  steps: z
    .array(z.strictObject({ up_to_grams: count.min(1), fee: money }))
    .min(1)
    .optional(),
  per_kg_above: money.optional(),
});

/** `shop.yaml`; amounts are pesos in the file and minor units here. */
export const shopSchema = z
  .strictObject({
    slug: z.string().regex(/^[a-z0-9-]+$/),
    name: z.string().min(1).max(120),
    shipping: z.strictObject({ zones: z.array(zone).min(1), default_fee: money }),
    categories: z.array(category).min(1),
    promo_codes: z.array(promoCode),
  })
  .superRefine(({ categories }, context) => {
    const seen = new Set<string>();
    for (const { sku: own, variants = [] } of categories.flatMap(({ products }) => products)) {
      for (const each of [own, ...variants.map((item) => item.sku)]) {
        if (seen.has(each))
          context.addIssue({ code: 'custom', message: `${each} stands there twice` });
        seen.add(each);
      }
    }
  });
export type DemoShop = z.output<typeof shopSchema>;
