import { z } from 'zod';

/** What one piece may weigh at most (a ton): a typing error of three digits more does not pass. */
export const MAX_WEIGHT_GRAMS = 1_000_000;

/** The heaviest order (50 lines of 100 such pieces) at this much a kilo still fits into DECIMAL(12, 2), in minor units. */
const MAX_PER_KG = 1_000_00;
const MAX_FEE = 1_000_000_00;
const MAX_STEPS = 50;
const MAX_STEP_GRAMS = 5_000 * MAX_WEIGHT_GRAMS;

const fee = z.number().int().min(0).max(MAX_FEE);
const step = z.object({ up_to_grams: z.number().int().min(1).max(MAX_STEP_GRAMS), fee });

/**
 * Provinces that cost the same (CRT-3): a flat `fee`, or one by weight in `steps`, each up to and with its grams. Amounts are in minor
 * units. Heavier things never cost less.
 */
export const shippingZone = z
  .object({
    name: z.string().trim().min(1).max(80),
    provinces: z.array(z.string().trim().min(1).max(120)).min(1),
    fee: fee.optional(),
    steps: z.array(step).min(1).max(MAX_STEPS).optional(),
    /** For each kilogram above the last step, a begun one as a whole; without it, the last step's fee is the most. */
    per_kg_above: z.number().int().min(0).max(MAX_PER_KG).optional(),
  })
  .superRefine((zone, context) => {
    const say = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    if ((zone.fee === undefined) === (zone.steps === undefined))
      say(['fee'], 'needs either a fee or steps by weight, not both');
    if (zone.per_kg_above !== undefined && zone.steps === undefined)
      say(['per_kg_above'], 'goes with steps by weight');
    zone.steps?.forEach((one, at, steps) => {
      const before = steps[at - 1];
      if (!before) return;
      if (one.up_to_grams <= before.up_to_grams)
        say(['steps', at, 'up_to_grams'], 'must be more than that of the step before');
      if (one.fee < before.fee)
        say(['steps', at, 'fee'], 'must not be less than that of the step before');
    });
  });
export type ShippingZone = z.output<typeof shippingZone>;
