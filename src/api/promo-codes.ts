import { z } from 'zod';
import {
  findPromoRecord,
  insertPromo,
  listPromoRecords,
  PROMO_TYPES,
  updatePromo,
  type PromoFields,
  type PromoRecord,
} from '../cart/promo-record-store';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { isDuplicateKey } from '../db/errors';
import { toDecimal } from '../lib/money';
import { change } from './change';
import type { ErrorDetail } from '../lib/parse-or-400';
import { refusal } from './errors';
import {
  amountIn,
  idCursor,
  idField,
  instantField,
  iso,
  isoOrNull,
  listOf,
  out,
  pageOf,
  pageQuery,
} from './fields';
import type { Identity } from './identity';
import { idIn, missing, resource, type Resource } from './resource';

const limit = z.number().int().min(1).max(1_000_000_000).nullish();
const scope = z.array(idField).min(1).max(500).nullish();

const promoFields = z.object({
  code: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[\p{L}\p{N}_-]{2,40}$/u, 'must have 2 to 40 letters, digits, - or _'),
  description: z.string().trim().max(200).nullish(),
  discount_type: z.enum(PROMO_TYPES),
  discount_value: amountIn
    .optional()
    .describe('Percent (12.5) or an amount; none for free shipping'),
  maximum_discount: amountIn.nullish(),
  minimum_subtotal: amountIn.optional(),
  starts_at: instantField.nullish(),
  ends_at: instantField.nullish(),
  usage_limit: limit,
  usage_limit_per_customer: limit,
  product_ids: scope,
  category_ids: scope,
  is_active: z.boolean().optional(),
});
const promoChange = promoFields.partial();

const promoSchema = z
  .object({
    id: out.id,
    code: out.text,
    description: out.text.nullable(),
    discount_type: z.enum(PROMO_TYPES),
    discount_value: z.number(),
    maximum_discount: out.amount.nullable(),
    minimum_subtotal: out.amount,
    starts_at: out.instant.nullable(),
    ends_at: out.instant.nullable(),
    usage_limit: out.count.nullable(),
    usage_limit_per_customer: out.count.nullable(),
    used_count: out.count,
    product_ids: z.array(out.id).nullable(),
    category_ids: z.array(out.id).nullable(),
    is_active: z.boolean(),
    created_at: out.instant,
    updated_at: out.instant,
  })
  .meta({ id: 'PromoCode' });

const notFound = missing('promo code');

/** `/api/promo-codes` (API-2, CRT-2). */
export function promoCodesApi({ db }: Pick<CoreDeps, 'db'>): Resource {
  const api = resource('/api/promo-codes', 'Promo codes');

  api.get(
    '/',
    {
      summary: 'List promo codes',
      query: z.object({ is_active: z.stringbool().optional(), ...pageQuery }),
      answer: listOf(promoSchema),
    },
    async ({ who, query }) => {
      const rows = await listPromoRecords(db, {
        businessId: who.businessId,
        isActive: query.is_active,
        afterId: idCursor(query.cursor),
        limit: query.limit + 1,
      });
      return pageOf(rows, query.limit, (row) => row.id, present);
    },
  );

  api.post(
    '/',
    {
      summary: 'Create a promo code',
      role: 'manager',
      body: promoFields,
      status: 201,
      answer: promoSchema,
      problems: { 409: ['PROMO_CODE_EXISTS'] },
    },
    ({ who, body }) =>
      save(who, 'promo_code.create', async (trx) => {
        const fields = fieldsOf(body);
        checkTogether({ usedCount: 0, value: '0', startsAt: null, endsAt: null, ...fields });
        return insertPromo(trx, who.businessId, fields);
      }),
  );

  api.get(
    '/:id',
    { summary: 'A promo code', answer: promoSchema, problems: { 404: ['PROMO_CODE_NOT_FOUND'] } },
    async (call) => {
      const promo = await findPromoRecord(db, call.who.businessId, idIn(call, notFound));
      if (!promo) throw notFound();
      return present(promo);
    },
  );

  for (const method of ['put', 'patch'] as const) {
    api[method](
      '/:id',
      {
        summary: 'Change a promo code: the fields that are sent',
        role: 'manager',
        body: promoChange,
        answer: promoSchema,
        problems: { 404: ['PROMO_CODE_NOT_FOUND'], 409: ['PROMO_CODE_EXISTS'] },
      },
      (call) => update(call.who, idIn(call, notFound), fieldsOf(call.body), 'promo_code.update'),
    );
  }

  api.delete(
    '/:id',
    {
      summary: 'Switch a promo code off; the orders that used it keep it',
      role: 'manager',
      answer: promoSchema,
      problems: { 404: ['PROMO_CODE_NOT_FOUND'] },
    },
    (call) => update(call.who, idIn(call, notFound), { isActive: false }, 'promo_code.delete'),
  );

  const update = (who: Identity, id: number, fields: PromoFields, action: string) =>
    save(who, action, async (trx) => {
      const old = await findPromoRecord(trx, who.businessId, id, { lock: true });
      if (!old) throw notFound();
      const defined = Object.entries(fields).filter(([, value]) => value !== undefined);
      checkTogether({ ...old, ...Object.fromEntries(defined) });
      await updatePromo(trx, who.businessId, id, fields);
      return id;
    });

  async function save(
    who: Identity,
    action: string,
    write: (trx: Transaction) => Promise<number>,
  ): Promise<z.input<typeof promoSchema>> {
    return change(db, who, action, async (trx) => {
      const id = await write(trx).catch((error: unknown) => {
        if (!isDuplicateKey(error)) throw error;
        const message = 'The shop has this promo code already.';
        throw refusal(409, { code: 'PROMO_CODE_EXISTS', message }, 'code');
      });
      const promo = await findPromoRecord(trx, who.businessId, id);
      if (!promo) throw notFound();
      return { subject: `promo code ${id}`, result: present(promo) };
    });
  }

  return api;
}

/** What the fields must be to each other. */
function checkTogether(promo: PromoFields & { usedCount: number }): void {
  const problems: ErrorDetail[] = [];
  const wrong = (field: string, message: string) =>
    void problems.push({ field, message, code: 'INVALID' });
  const value = Number(promo.value ?? 0);
  if (promo.type !== 'free_shipping' && value <= 0) {
    wrong('discount_value', 'must be above 0');
  }
  if (promo.type === 'percent' && value > 100) wrong('discount_value', 'must be at most 100');
  if (promo.startsAt && promo.endsAt && promo.startsAt >= promo.endsAt) {
    wrong('ends_at', 'must be after starts_at');
  }
  if (typeof promo.usageLimit === 'number' && promo.usageLimit < promo.usedCount) {
    wrong('usage_limit', `must be at least ${promo.usedCount}, which is how often it was used`);
  }
  if (problems.length === 0) return;
  const message = 'The request has mistakes; each is listed.';
  throw refusal(400, { code: 'VALIDATION_FAILED', message, problems });
}

const decimal = <T extends number | null | undefined>(amount: T) =>
  (typeof amount === 'number' ? toDecimal(amount) : amount) as T extends number
    ? string
    : Exclude<T, number> | string;

const fieldsOf = (body: z.output<typeof promoChange>): PromoFields => ({
  code: body.code,
  description: body.description,
  type: body.discount_type,
  value: decimal(body.discount_value),
  maximumDiscount: decimal(body.maximum_discount),
  minimumSubtotal: decimal(body.minimum_subtotal),
  startsAt: body.starts_at,
  endsAt: body.ends_at,
  usageLimit: body.usage_limit,
  usageLimitPerCustomer: body.usage_limit_per_customer,
  productIds: body.product_ids,
  categoryIds: body.category_ids,
  isActive: body.is_active,
});

const present = (promo: PromoRecord): z.input<typeof promoSchema> => ({
  id: promo.id,
  code: promo.code,
  description: promo.description,
  discount_type: promo.type,
  discount_value: Number(promo.value),
  maximum_discount: promo.maximumDiscount === null ? null : Number(promo.maximumDiscount),
  minimum_subtotal: Number(promo.minimumSubtotal),
  starts_at: isoOrNull(promo.startsAt),
  ends_at: isoOrNull(promo.endsAt),
  usage_limit: promo.usageLimit,
  usage_limit_per_customer: promo.usageLimitPerCustomer,
  used_count: promo.usedCount,
  product_ids: promo.productIds,
  category_ids: promo.categoryIds,
  is_active: promo.isActive,
  created_at: iso(promo.createdAt),
  updated_at: iso(promo.updatedAt),
});
