import { z } from 'zod';
import { MAX_WEIGHT_GRAMS } from '../businesses/shipping-zone';
import { PRODUCT_STATUSES } from '../catalog/product';
import {
  findProductRecord,
  listProductRecords,
  type ProductRecord,
} from '../catalog/product-store';
import { saveProduct, type SaveOutcome } from '../catalog/save-product';
import { searchProductIds } from '../catalog/search-products';
import type { CoreDeps } from '../db/core-deps';
import { toMajor } from '../lib/money';
import { change } from './change';
import { refusal } from './errors';
import {
  amountIn,
  idCursor,
  idField,
  imageField,
  iso,
  listOf,
  out,
  pageOf,
  pageQuery,
  textField,
} from './fields';
import { addProductFiles } from './product-files';
import { idIn, missing, resource, type Call, type Resource } from './resource';

/** More than any shop has; a typing error of two digits more does not pass. */
const MAX_STOCK = 10_000_000;
const MAX_VARIANTS = 200;

const stock = z.number().int().min(0).max(MAX_STOCK);

const variantFields = z.object({
  id: idField.optional(),
  sku: textField(64).optional(),
  name: textField(120).optional(),
  price: amountIn.optional(),
  stock_quantity: stock.optional(),
  is_available: z.boolean().optional(),
  options: z.record(z.string().max(40), z.string().max(80)).nullish(),
  image_url: imageField.nullish(),
});

const productFields = z.object({
  name: textField(160),
  sku: textField(64),
  price: amountIn,
  stock_quantity: stock.optional(),
  status: z.enum(PRODUCT_STATUSES).optional(),
  low_stock_threshold: stock.optional(),
  category_id: idField.nullish(),
  description: z.string().trim().max(5_000).nullish(),
  image_url: imageField.nullish(),
  weight_grams: z
    .number()
    .int()
    .min(0)
    .max(MAX_WEIGHT_GRAMS)
    .nullish()
    .describe('Of one piece, also of each variant; without it the default of the shop'),
  variants: z
    .array(variantFields)
    .max(MAX_VARIANTS)
    .optional()
    .describe(
      'Those whose id or SKU the product has are changed, others are added; none is removed (is_available takes one off the shelf)',
    ),
});
const productChange = productFields.partial();

const stockFigures = {
  price: out.amount,
  stock_quantity: out.count,
  reserved_stock: out.count,
  available: out.count,
};
const productSchema = z
  .object({
    id: out.id,
    sku: out.text,
    name: out.text,
    description: out.text.nullable(),
    ...stockFigures,
    low_stock_threshold: out.count,
    status: z.enum(PRODUCT_STATUSES),
    category_id: out.id.nullable(),
    image_url: out.text.nullable(),
    weight_grams: out.count.nullable(),
    version: out.count,
    variants: z.array(
      z.object({
        id: out.id,
        sku: out.text,
        name: out.text,
        options: z.record(z.string(), z.string()).nullable(),
        ...stockFigures,
        is_available: z.boolean(),
        image_url: out.text.nullable(),
      }),
    ),
    created_at: out.instant,
    updated_at: out.instant,
  })
  .meta({ id: 'Product' });

const notFound = missing('product');
const saveProblems = {
  400: ['CATEGORY_NOT_FOUND', 'VARIANT_NOT_FOUND', 'VARIANT_INCOMPLETE'],
  404: ['PRODUCT_NOT_FOUND'],
  409: ['SKU_TAKEN', 'BELOW_RESERVED'],
};

/** `/api/products` (API-2, CAT-1). */
export function productsApi({ db }: Pick<CoreDeps, 'db'>): Resource {
  const api = resource('/api/products', 'Products');

  api.get(
    '/',
    {
      summary: 'List products',
      query: z.object({
        status: z.enum(PRODUCT_STATUSES).optional(),
        category_id: idField.optional(),
        q: z
          .string()
          .trim()
          .max(120)
          .optional()
          .describe('Words of the name, the SKU or the description, or names that come close'),
        ...pageQuery,
      }),
      answer: listOf(productSchema),
    },
    async ({ who, query }) => {
      const rows = await listProductRecords(db, {
        businessId: who.businessId,
        status: query.status,
        categoryId: query.category_id,
        ids: query.q
          ? await searchProductIds(db, {
              businessId: who.businessId,
              statuses: query.status ? [query.status] : ['active', 'inactive'],
              text: query.q,
            })
          : undefined,
        afterId: idCursor(query.cursor),
        limit: query.limit + 1,
      });
      return pageOf(rows, query.limit, (row) => row.id, present);
    },
  );

  api.post(
    '/',
    {
      summary: 'Create a product, with its variants if it has any',
      role: 'manager',
      body: productFields,
      status: 201,
      answer: productSchema,
      problems: { 400: saveProblems[400], 409: saveProblems[409] },
    },
    (call) => save(call, null, 'product.create'),
  );

  // Before /:id, which would take their names for ids.
  addProductFiles(api, { db });

  api.get(
    '/:id',
    { summary: 'A product', answer: productSchema, problems: { 404: saveProblems[404] } },
    async (call) => {
      const product = await findProductRecord(db, call.who.businessId, idIn(call, notFound));
      if (!product) throw notFound();
      return present(product);
    },
  );

  for (const method of ['put', 'patch'] as const) {
    api[method](
      '/:id',
      {
        summary: 'Change a product: the fields that are sent',
        role: 'manager',
        body: productChange,
        answer: productSchema,
        problems: saveProblems,
      },
      (call) => save(call, idIn(call, notFound), 'product.update'),
    );
  }

  api.delete(
    '/:id',
    {
      summary: 'Archive a product: it is off the shelf, its orders keep it',
      role: 'manager',
      answer: productSchema,
      problems: { 404: saveProblems[404] },
    },
    (call) =>
      save({ ...call, body: { status: 'archived' } }, idIn(call, notFound), 'product.archive'),
  );

  async function save(
    { who, body }: Pick<Call<unknown, z.output<typeof productChange>>, 'who' | 'body'>,
    productId: number | null,
    action: string,
  ) {
    return change(db, who, action, async (trx) => {
      const product = saved(
        await saveProduct(trx, {
          businessId: who.businessId,
          actor: who.actor,
          productId,
          fields: {
            name: body.name,
            sku: body.sku,
            price: body.price,
            stock: body.stock_quantity,
            status: body.status,
            lowStockThreshold: body.low_stock_threshold,
            categoryId: body.category_id,
            description: body.description,
            imageUrl: body.image_url,
            weightGrams: body.weight_grams,
          },
          variants: body.variants?.map((variant) => ({
            id: variant.id,
            sku: variant.sku,
            name: variant.name,
            price: variant.price,
            stock: variant.stock_quantity,
            isAvailable: variant.is_available,
            options: variant.options,
            imageUrl: variant.image_url,
          })),
        }),
      );
      return { subject: `product ${product.id}`, result: present(product) };
    });
  }

  return api;
}

const CONFLICTS = ['SKU_TAKEN', 'BELOW_RESERVED'];

/** Thrown inside the transaction, so that nothing of a refused change remains. */
function saved(outcome: SaveOutcome): ProductRecord {
  if (outcome.ok) return outcome.product;
  if (outcome.code === 'PRODUCT_NOT_FOUND') throw notFound();
  const isConflict = outcome.problems.every((problem) => CONFLICTS.includes(problem.code));
  throw refusal(isConflict ? 409 : 400, outcome);
}

function present(product: ProductRecord): z.input<typeof productSchema> {
  return {
    id: product.id,
    sku: product.sku,
    name: product.name,
    description: product.description,
    ...figures(product),
    low_stock_threshold: product.lowStockThreshold,
    status: product.status,
    category_id: product.categoryId,
    image_url: product.imageUrl,
    weight_grams: product.weightGrams,
    version: product.version,
    variants: product.variants.map((variant) => ({
      id: variant.id,
      sku: variant.sku,
      name: variant.name,
      options: variant.options,
      ...figures(variant),
      is_available: variant.isAvailable,
      image_url: variant.imageUrl,
    })),
    created_at: iso(product.createdAt),
    updated_at: iso(product.updatedAt),
  };
}

const figures = (row: { price: number; stock: number; reserved: number }) => ({
  price: toMajor(row.price),
  stock_quantity: row.stock,
  reserved_stock: row.reserved,
  available: row.stock - row.reserved,
});
