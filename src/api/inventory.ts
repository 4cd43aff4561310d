import { z } from 'zod';
import type { CoreDeps } from '../db/core-deps';
import { adjustStock, type AdjustmentOutcome } from '../inventory/adjust-stock';
import { explainStock, type StockExplanation } from '../inventory/explain-stock';
import { listStockStatus, STOCK_STATUSES } from '../inventory/explain-store';
import { stockOf, type StockRow } from '../inventory/inventory-store';
import { AppError } from '../lib/errors';
import { change } from './change';
import { refusal } from './errors';
import { iso, isoOrNull, listOf, out, pageOf, pageQuery, textField } from './fields';
import { resource, type Resource } from './resource';

const stockSchema = z
  .object({
    sku: out.text,
    name: out.text,
    product_id: out.id,
    variant_id: out.id.nullable(),
    stock_quantity: out.count.describe('On hand'),
    reserved_stock: out.count,
    available: out.count,
    low_stock_threshold: out.count,
    stock_status: z.enum(STOCK_STATUSES),
  })
  .meta({ id: 'Stock' });

const adjustment = z
  .object({
    change: z.number().int().optional().describe('A difference: 10 or -3'),
    set: z.number().int().min(0).optional().describe('The figure that was counted'),
    reason: textField(255),
  })
  .refine((body) => (body.change === undefined) !== (body.set === undefined), {
    message: 'either change or set is needed',
    path: ['change'],
  });

const holderSchema = z.object({
  order_id: out.id,
  order_number: out.text,
  order_status: out.text,
  quantity: out.count,
});

const explanationSchema = z
  .object({
    ...stockSchema.shape,
    on_hand: out.count,
    sellable: out.count.describe('What can be sold now; holds that have run out count as free'),
    can_be_sold: z.boolean(),
    reasons: z.array(z.object({ code: out.text, message: out.text })),
    reserved: z.object({
      total: out.count,
      expired: out.count,
      is_consistent: z.boolean().describe('reserved_stock is the sum of the holds'),
      orders: z.array(holderSchema.extend({ expires_at: out.instant, is_expired: z.boolean() })),
    }),
    committed: z.object({
      total: out.count.describe('Sold, not yet shipped; no longer on hand'),
      orders: z.array(holderSchema.extend({ committed_at: out.instant.nullable() })),
    }),
    ledger: z.array(
      z.object({
        id: out.id,
        order_id: out.id.nullable(),
        stock_before: out.count,
        stock_after: out.count,
        reserved_before: out.count,
        reserved_after: out.count,
        changed_by: out.text,
        reason: out.text,
        at: out.instant,
      }),
    ),
  })
  .meta({ id: 'StockExplanation' });

const params = { sku: 'The SKU of a product or of a variant' };
const notFound = (): AppError => new AppError('SKU_NOT_FOUND', 404, 'There is no such SKU.');

/** `/api/inventory` (API-2, INV-4). */
export function inventoryApi({ db, clock }: Pick<CoreDeps, 'db' | 'clock'>): Resource {
  const api = resource('/api/inventory', 'Inventory');

  api.get(
    '/',
    {
      summary: 'List what is sold with its stock, by SKU',
      query: z.object({
        stock_status: z.enum(STOCK_STATUSES).optional(),
        q: z.string().trim().max(120).optional().describe('In the name or the SKU'),
        ...pageQuery,
      }),
      answer: listOf(stockSchema),
    },
    async ({ who, query }) => {
      const rows = await listStockStatus(db, {
        businessId: who.businessId,
        stockStatus: query.stock_status,
        text: query.q,
        afterSku: query.cursor,
        limit: query.limit + 1,
      });
      return pageOf(
        rows,
        query.limit,
        (row) => row.sku,
        ({ variantName, ...row }) =>
          present({ ...row, name: variantName === null ? row.name : `${row.name} ${variantName}` }),
      );
    },
  );

  api.get(
    '/:sku',
    {
      summary: 'The stock of a SKU',
      params,
      answer: stockSchema,
      problems: { 404: ['SKU_NOT_FOUND'] },
    },
    async ({ who, params: { sku = '' } }) => {
      const row = await stockOf(db, who.businessId, sku);
      if (!row) throw notFound();
      return present(row);
    },
  );

  api.get(
    '/:sku/explain',
    {
      summary: 'Where every unit is, and why something cannot be sold',
      params,
      answer: explanationSchema,
      problems: { 404: ['SKU_NOT_FOUND'] },
    },
    async ({ who, params: { sku = '' } }) => {
      const explanation = await explainStock(db, who.businessId, sku);
      if (!explanation) throw notFound();
      return presentExplanation(explanation, clock.now());
    },
  );

  api.post(
    '/:sku/adjust',
    {
      summary: 'Correct the stock on hand, with a line in the ledger',
      role: 'manager',
      params,
      body: adjustment,
      answer: z.object({ stock_before: out.count, ...stockSchema.shape }),
      problems: { 400: ['STOCK_TOO_LARGE'], 404: ['SKU_NOT_FOUND'], 409: ['BELOW_RESERVED'] },
    },
    ({ who, body, params: { sku = '' } }) =>
      change(db, who, 'inventory.adjust', async (trx) => {
        const outcome = await adjustStock(trx, {
          businessId: who.businessId,
          actor: who.actor,
          sku,
          change: body.change,
          set: body.set,
          reason: body.reason,
        });
        if (!outcome.ok) throw refused(outcome);
        const { before, stock } = outcome;
        return {
          subject: `sku ${stock.sku}`.slice(0, 120),
          detail: { before, after: stock.stock, reason: body.reason },
          result: { stock_before: before, ...present(stock) },
        };
      }),
  );

  return api;
}

function refused(outcome: Extract<AdjustmentOutcome, { ok: false }>): AppError {
  switch (outcome.code) {
    case 'SKU_NOT_FOUND':
      return notFound();
    case 'BELOW_RESERVED': {
      const message = `${outcome.reserved} are promised to orders; the stock cannot be less.`;
      return refusal(409, { code: outcome.code, message }, 'change');
    }
    case 'STOCK_TOO_LARGE':
      return refusal(400, { code: outcome.code, message: 'This is more than fits.' }, 'change');
  }
}

const present = (row: StockRow): z.input<typeof stockSchema> => ({
  sku: row.sku,
  name: row.name,
  product_id: row.productId,
  variant_id: row.variantId,
  stock_quantity: row.stock,
  reserved_stock: row.reserved,
  available: row.available,
  low_stock_threshold: row.lowStockThreshold,
  stock_status: stockStatus(row),
});

function stockStatus(row: StockRow): (typeof STOCK_STATUSES)[number] {
  if (row.available <= 0) return 'OUT_OF_STOCK';
  return row.available <= row.lowStockThreshold ? 'LOW_STOCK' : 'IN_STOCK';
}

function presentExplanation(
  { row, sums, sellable, holds, sales, movements, obstacles, isConsistent }: StockExplanation,
  now: Date,
): z.input<typeof explanationSchema> {
  const order = (one: StockExplanation['holds'][number]) => ({
    order_id: one.orderId,
    order_number: one.orderNumber,
    order_status: one.orderStatus,
    quantity: one.quantity,
  });
  return {
    ...present(row),
    on_hand: row.stock,
    sellable,
    can_be_sold: obstacles.length === 0,
    reasons: obstacles,
    reserved: {
      total: sums.held,
      expired: sums.expired,
      is_consistent: isConsistent,
      orders: holds.map((one) => ({
        ...order(one),
        expires_at: iso(one.expiresAt),
        is_expired: one.expiresAt <= now,
      })),
    },
    committed: {
      total: sums.sold,
      orders: sales.map((one) => ({ ...order(one), committed_at: isoOrNull(one.committedAt) })),
    },
    ledger: movements.map((one) => ({
      id: one.id,
      order_id: one.orderId,
      stock_before: one.stockBefore,
      stock_after: one.stockAfter,
      reserved_before: one.reservedBefore,
      reserved_after: one.reservedAfter,
      changed_by: one.actor,
      reason: one.reason,
      at: iso(one.at),
    })),
  };
}
