import { z } from 'zod';
import { MAX_WEIGHT_GRAMS } from '../businesses/shipping-zone';
import type { ImportRow } from '../catalog/import-product';
import { PRODUCT_STATUSES } from '../catalog/product';
import type { ProductRecord } from '../catalog/product-store';
import { parseCsv, readCell, type CsvRow } from '../lib/csv';
import { toDecimal } from '../lib/money';
import { refusal } from './errors';
import { amountIn, imageField, textField } from './fields';

export const COLUMNS = [
  'sku',
  'variant_of',
  'name',
  'price',
  'stock_quantity',
  'low_stock_threshold',
  'weight_grams',
  'status',
  'is_available',
  'category',
  'description',
  'image_url',
] as const;
/** So many rows are saved within the time that a client waits for an answer. */
export const MAX_ROWS = 5_000;
const MAX_VARIANT_NAME = 120;

const whole = z
  .string()
  .regex(/^\d{1,8}$/, 'must be a whole number')
  .transform(Number)
  .refine((count) => count <= 10_000_000, 'is too large');
const yesOrNo = z
  .enum(['true', 'false', 'yes', 'no', '1', '0'], 'must be true or false')
  .transform((word) => ['true', 'yes', '1'].includes(word));
const rowSchema = z
  .object({
    sku: textField(64),
    variant_of: textField(64).optional(),
    name: textField(160).optional(),
    price: amountIn.optional(),
    stock_quantity: whole.optional(),
    low_stock_threshold: whole.optional(),
    weight_grams: whole
      .refine((grams) => grams <= MAX_WEIGHT_GRAMS, `is more than ${MAX_WEIGHT_GRAMS}`)
      .optional(),
    status: z.enum(PRODUCT_STATUSES).optional(),
    is_available: yesOrNo.optional(),
    category: textField(120).optional(),
    description: textField(5_000).optional(),
    image_url: imageField.optional(),
  })
  .refine(
    ({ name = '', variant_of }) => variant_of === undefined || name.length <= MAX_VARIANT_NAME,
    {
      path: ['name'],
      message: `has more than ${MAX_VARIANT_NAME} characters`,
    },
  );

/** A mistake in a row; `field` is its column. */
export interface Problem {
  line: number;
  sku: string | null;
  field: string;
  code: string;
  message: string;
}

/** The columns and rows of a file; a file that cannot be read is refused as a whole. */
export function readFile(body: Buffer): { columns: string[]; rows: CsvRow[] } {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw invalidFile('The file is not in UTF-8. Save it as "CSV UTF-8".');
  }
  const [head, ...rows] = parseCsv(text) ?? [];
  if (!head) throw invalidFile('The file is empty, or a quotation mark in it is never closed.');
  const columns = head.cells.map((cell) => cell.trim().toLowerCase());
  const unknown = columns.filter((name) => !COLUMNS.some((one) => one === name));
  if (unknown.length > 0 || !columns.includes('sku') || new Set(columns).size < columns.length)
    throw invalidFile(
      `The first line has to name the columns, each once, sku among them. Known are: ${COLUMNS.join(', ')}.`,
    );
  if (rows.length > MAX_ROWS) throw invalidFile(`The file has more than ${MAX_ROWS} rows.`);
  return { columns, rows };
}

const invalidFile = (message: string) => refusal(400, { code: 'INVALID_FILE', message });

/** What a row says, or every mistake in it. */
export function readRow(
  columns: readonly string[],
  { line, cells }: CsvRow,
  categories: ReadonlyMap<string, number>,
): { ok: true; row: ImportRow } | { ok: false; problems: Problem[] } {
  const named = columns.map((name, at) => [name, readCell(cells[at] ?? '')] as const);
  const given = Object.fromEntries(named.filter(([, cell]) => cell !== ''));
  const sku = given.sku ?? null;
  const say = (field: string, code: string, message: string) => ({ line, sku, field, code, message }); // prettier-ignore
  const problems: Problem[] = [];
  if (cells.length > columns.length)
    problems.push(say('sku', 'INVALID', `has ${cells.length} cells for ${columns.length} columns`));
  const parsed = rowSchema.safeParse(given);
  if (!parsed.success)
    problems.push(
      ...parsed.error.issues.map((one) =>
        say(String(one.path[0] ?? 'sku'), 'INVALID', one.message),
      ),
    );
  const categoryId = given.category === undefined ? undefined : categories.get(given.category);
  if (given.category !== undefined && categoryId === undefined)
    problems.push(say('category', 'CATEGORY_NOT_FOUND', `There is no category ${given.category}.`));
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  const { data } = parsed;
  return {
    ok: true,
    row: {
      sku: data.sku,
      variantOf: data.variant_of,
      name: data.name,
      price: data.price,
      stock: data.stock_quantity,
      status: data.status,
      lowStockThreshold: data.low_stock_threshold,
      weightGrams: data.weight_grams,
      categoryId,
      description: data.description,
      imageUrl: data.image_url,
      isAvailable: data.is_available,
    },
  };
}

/** A product, then its variants; a stock that its variants have is none of its own. */
export function* linesOf(product: ProductRecord, slugs: ReadonlyMap<number, string>) {
  yield [
    product.sku,
    null,
    product.name,
    toDecimal(product.price),
    product.stock,
    product.lowStockThreshold,
    product.weightGrams,
    product.status,
    null,
    (product.categoryId !== null && slugs.get(product.categoryId)) || null,
    product.description,
    product.imageUrl,
  ];
  for (const one of product.variants)
    yield [
      one.sku,
      product.sku,
      one.name,
      toDecimal(one.price),
      one.stock,
      null,
      null,
      null,
      one.isAvailable,
      null,
      null,
      one.imageUrl,
    ];
}
