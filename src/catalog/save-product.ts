import { actingAs } from '../db/acting-as';
import type { Transaction } from '../db/database';
import { isDuplicateKey } from '../db/errors';
import type { Minor } from '../lib/money';
import { findCategory } from './category-store';
import {
  findProductRecord,
  insertProduct,
  insertVariant,
  lockProduct,
  takenSkus,
  updateProduct,
  updateVariant,
  type ProductFields,
  type ProductRecord,
} from './product-store';

/** A variant that is to be added, or changed when its id or SKU is one of the product's already. */
export interface VariantChange {
  id?: number;
  sku?: string;
  name?: string;
  options?: Record<string, string> | null;
  price?: Minor;
  stock?: number;
  isAvailable?: boolean;
  imageUrl?: string | null;
}

export interface ProductSaving {
  businessId: number;
  /** Null: a new one. */
  productId: number | null;
  fields: ProductFields;
  variants?: readonly VariantChange[];
  actor: string;
}

export interface ProductProblem {
  field: string;
  code:
    | 'SKU_TAKEN'
    | 'CATEGORY_NOT_FOUND'
    | 'BELOW_RESERVED'
    | 'VARIANT_NOT_FOUND'
    | 'VARIANT_INCOMPLETE';
  message: string;
}

export type SaveOutcome =
  | { ok: true; product: ProductRecord }
  | { ok: false; code: 'PRODUCT_NOT_FOUND'; message: string }
  | { ok: false; code: ProductProblem['code']; message: string; problems: ProductProblem[] };

/** Creates or changes a product with its variants: all problems at once, or everything with its ledger rows (CAT-1). */
export async function saveProduct(trx: Transaction, saving: ProductSaving): Promise<SaveOutcome> {
  const { businessId, productId, fields, variants = [] } = saving;
  const old = productId === null ? null : await lockProduct(trx, businessId, productId);
  if (productId !== null && !old) {
    return { ok: false, code: 'PRODUCT_NOT_FOUND', message: 'There is no such product.' };
  }
  const problems = await findProblems(trx, saving, old);
  const [first] = problems;
  if (first) return { ok: false, code: first.code, message: first.message, problems };
  try {
    const reason = old ? 'product changed' : 'product created';
    const id = await actingAs(trx, { actor: saving.actor, reason }, async () => {
      const savedId = old?.id ?? (await insertProduct(trx, businessId, fields));
      if (old) await updateProduct(trx, savedId, fields);
      await saveVariants(trx, { businessId, productId: savedId, old, fields, variants });
      return savedId;
    });
    const product = await findProductRecord(trx, businessId, id);
    if (!product) throw new Error(`product ${id} has gone`);
    return { ok: true, product };
  } catch (error) {
    // Somebody was faster with the same SKU. The caller's transaction is to be taken back.
    if (isDuplicateKey(error)) {
      const problem = skuTaken('sku', fields.sku ?? '');
      return { ok: false, code: problem.code, message: problem.message, problems: [problem] };
    }
    throw error;
  }
}

async function saveVariants(
  trx: Transaction,
  given: {
    businessId: number;
    productId: number;
    old: ProductRecord | null;
    fields: ProductFields;
    variants: readonly VariantChange[];
  },
): Promise<void> {
  const { businessId, productId, old, variants } = given;
  let position = old?.variants.length ?? 0;
  for (const { id: _id, options, ...change } of variants) {
    const stored = options === undefined ? undefined : options && JSON.stringify(options);
    const known = variantOf(old, { ...change, id: _id });
    if (known) {
      await updateVariant(trx, known.id, { ...change, options: stored });
    } else {
      const price = change.price ?? given.fields.price ?? old?.price;
      await insertVariant(
        trx,
        { businessId, productId, position },
        { ...change, price, options: stored },
      );
      position += 1;
    }
  }
}

async function findProblems(
  trx: Transaction,
  { businessId, productId, fields, variants = [] }: ProductSaving,
  old: ProductRecord | null,
): Promise<ProductProblem[]> {
  const problems: ProductProblem[] = [];
  if (fields.categoryId !== undefined && fields.categoryId !== null) {
    const category = await findCategory(trx, businessId, fields.categoryId);
    if (!category) {
      const message = 'There is no such category.';
      problems.push({ field: 'category_id', code: 'CATEGORY_NOT_FOUND', message });
    }
  }
  const skus = [fields.sku, ...variants.map((variant) => variant.sku)].filter(
    (sku) => sku !== undefined,
  );
  const taken =
    skus.length === 0 ? new Set<string>() : await takenSkus(trx, businessId, skus, productId);
  if (fields.sku !== undefined && taken.has(fields.sku.toLowerCase())) {
    problems.push(skuTaken('sku', fields.sku));
  }
  if (old && fields.stock !== undefined && fields.stock < old.reserved) {
    problems.push(belowReserved('stock_quantity', old.reserved));
  }
  const seen = new Set([(fields.sku ?? old?.sku ?? '').toLowerCase()]);
  variants.forEach((variant, index) => {
    problems.push(...variantProblems(variant, `variants[${index}]`, { old, taken, seen }));
  });
  return problems;
}

function variantProblems(
  variant: VariantChange,
  at: string,
  { old, taken, seen }: { old: ProductRecord | null; taken: Set<string>; seen: Set<string> },
): ProductProblem[] {
  const known = variantOf(old, variant);
  if (variant.id !== undefined && !known) {
    const message = 'The product has no such variant.';
    return [{ field: `${at}.id`, code: 'VARIANT_NOT_FOUND', message }];
  }
  if (!known && (variant.sku === undefined || variant.name === undefined)) {
    const message = 'A new variant needs a sku and a name.';
    return [{ field: at, code: 'VARIANT_INCOMPLETE', message }];
  }
  const problems: ProductProblem[] = [];
  const sku = (variant.sku ?? known?.sku ?? '').toLowerCase();
  const isAnothers = old?.variants.some(
    (one) => one.id !== known?.id && one.sku.toLowerCase() === sku,
  );
  if (taken.has(sku) || seen.has(sku) || isAnothers) problems.push(skuTaken(`${at}.sku`, sku));
  seen.add(sku);
  if (known && variant.stock !== undefined && variant.stock < known.reserved) {
    problems.push(belowReserved(`${at}.stock_quantity`, known.reserved));
  }
  return problems;
}

const variantOf = (old: ProductRecord | null, { id, sku }: VariantChange) =>
  old?.variants.find((one) =>
    id === undefined ? one.sku.toLowerCase() === sku?.toLowerCase() : one.id === id,
  );

const skuTaken = (field: string, sku: string): ProductProblem => ({
  field,
  code: 'SKU_TAKEN',
  message: `Something else has the SKU ${sku} already.`,
});

const belowReserved = (field: string, reserved: number): ProductProblem => ({
  field,
  code: 'BELOW_RESERVED',
  message: `${reserved} are promised to orders; the stock cannot be less.`,
});
