import type { Transaction } from '../db/database';
import type { Minor } from '../lib/money';
import { findSkuOwner } from './import-store';
import type { ProductStatus } from './product';
import { saveProduct, type ProductProblem } from './save-product';

/** One row of a file: a product, or a variant of the product with the SKU `variantOf`. What is undefined stays as it is. */
export interface ImportRow {
  sku: string;
  variantOf?: string;
  name?: string;
  price?: Minor;
  stock?: number;
  status?: ProductStatus;
  lowStockThreshold?: number;
  categoryId?: number;
  description?: string;
  imageUrl?: string;
  weightGrams?: number;
  isAvailable?: boolean;
}

export interface ImportProblem {
  /** A column. */
  field: string;
  code: ProductProblem['code'] | 'REQUIRED' | 'PRODUCT_NOT_FOUND';
  message: string;
}
export type ImportOutcome =
  { ok: true; did: 'created' | 'updated' } | { ok: false; problems: ImportProblem[] };

/** Creates or changes what a row of a file names by its SKU (CAT-1); by the rules of `saveProduct`. */
export async function importRow(
  trx: Transaction,
  { businessId, actor, row }: { businessId: number; actor: string; row: ImportRow },
): Promise<ImportOutcome> {
  const owner = await findSkuOwner(trx, businessId, row.sku);
  const isVariant = row.variantOf !== undefined;
  const taken = `The SKU ${row.sku} is that of ${isVariant ? 'a product' : 'a variant'} already.`;
  if (owner && (owner.variantId !== null) !== isVariant) return no('sku', 'SKU_TAKEN', taken);
  const base = { businessId, actor };
  const outcome = isVariant
    ? await importVariant(trx, base, row, owner)
    : await importProduct(trx, base, row, owner);
  if ('field' in outcome) return { ok: false, problems: [outcome] };
  if (outcome.ok) return { ok: true, did: owner ? 'updated' : 'created' };
  if (!('problems' in outcome)) throw new Error(outcome.message);
  return { ok: false, problems: outcome.problems.map(toColumn) };
}

interface Owner {
  productId: number;
  variantId: number | null;
}
type Base = { businessId: number; actor: string };
type Saved = Awaited<ReturnType<typeof saveProduct>> | ImportProblem;

async function importProduct(
  trx: Transaction,
  base: Base,
  row: ImportRow,
  owner: Owner | null,
): Promise<Saved> {
  const missing = owner ? undefined : (['name', 'price'] as const).find((one) => row[one] === undefined); // prettier-ignore
  if (missing) return problem(missing, 'REQUIRED', `A new product needs a ${missing}.`);
  const rest = {
    name: row.name,
    price: row.price,
    stock: row.stock,
    status: row.status,
    lowStockThreshold: row.lowStockThreshold,
    categoryId: row.categoryId,
    description: row.description,
    imageUrl: row.imageUrl,
    weightGrams: row.weightGrams,
  };
  // A known SKU stays as it is written: upper and lower case are the same.
  const fields = owner ? rest : { ...rest, sku: row.sku };
  return saveProduct(trx, { ...base, productId: owner?.productId ?? null, fields });
}

async function importVariant(
  trx: Transaction,
  base: Base,
  row: ImportRow,
  owner: Owner | null,
): Promise<Saved> {
  const product = await findSkuOwner(trx, base.businessId, row.variantOf ?? '');
  if (!product || product.variantId !== null) {
    const message = `There is no product ${row.variantOf}. Its row has to come before those of its variants.`;
    return problem('variant_of', 'PRODUCT_NOT_FOUND', message);
  }
  if (owner && owner.productId !== product.productId)
    return problem('sku', 'SKU_TAKEN', `The SKU ${row.sku} is that of another product's variant.`);
  if (!owner && row.name === undefined)
    return problem('name', 'REQUIRED', 'A new variant needs a name.');
  const { name, price, stock, isAvailable, imageUrl } = row;
  const which = owner?.variantId ? { id: owner.variantId } : { sku: row.sku };
  const variants = [{ ...which, name, price, stock, isAvailable, imageUrl }];
  return saveProduct(trx, { ...base, productId: product.productId, fields: {}, variants });
}

const problem = (field: string, code: ImportProblem['code'], message: string): ImportProblem => ({
  field,
  code,
  message,
});
const no = (field: string, code: ImportProblem['code'], message: string): ImportOutcome => ({
  ok: false,
  problems: [problem(field, code, message)],
});

/** "variants[0].stock_quantity" is the column stock_quantity. */
const toColumn = ({ field, code, message }: ProductProblem): ImportProblem => ({
  field: field.replace(/^variants\[0\]\.?/, '') || 'sku',
  code,
  message,
});
