import express from 'express';
import { z } from 'zod';
import { importRow } from '../catalog/import-product';
import { categoryIds } from '../catalog/import-store';
import { listProductRecords } from '../catalog/product-store';
import type { CoreDeps } from '../db/core-deps';
import { csvLine, type CsvRow } from '../lib/csv';
import { change } from './change';
import { out } from './fields';
import type { Identity } from './identity';
import { COLUMNS, linesOf, MAX_ROWS, readFile, readRow, type Problem } from './product-rows';
import type { Resource } from './resource';

const MAX_BODY = '5mb';
const PER_PAGE = 200;

const problemSchema = z.object({
  line: out.count.describe('Of the file, the heading is line 1'),
  sku: out.text.nullable(),
  field: out.text.describe('The column'),
  code: out.text,
  message: out.text,
});
const report = z
  .object({
    success: z.boolean().describe('Whether every row was taken over'),
    rows: out.count,
    created: out.count,
    updated: out.count,
    failed: out.count,
    errors: z.array(problemSchema),
  })
  .meta({ id: 'ImportReport' });
type Report = z.input<typeof report>;

/** Products as a file (CAT-1): what is exported can be changed in a spreadsheet and imported again. */
export function addProductFiles(api: Resource, { db }: Pick<CoreDeps, 'db'>): void {
  api.router.use('/import', express.raw({ type: ['text/csv', 'text/plain'], limit: MAX_BODY }));

  api.post(
    '/import',
    {
      summary: 'Create and change products from a CSV file',
      description: `Columns: ${COLUMNS.join(', ')}; sku is needed. Products are found by it, a variant names its product's SKU in variant_of. An empty cell changes nothing. Rows without a mistake are taken over, each by itself; the answer lists every mistake of the others. At most ${MAX_ROWS} rows.`,
      role: 'manager',
      body: z.custom<Buffer>(
        (body) => Buffer.isBuffer(body),
        'must be a file of the type text/csv',
      ),
      describedBody: z.string(),
      bodyType: 'text/csv',
      answer: report,
      problems: { 400: ['INVALID_FILE'] },
    },
    async ({ who, body }) => {
      const { columns, rows } = readFile(body);
      const categories = await categoryIds(db, who.businessId);
      const done: Report = { success: true, rows: rows.length, created: 0, updated: 0, failed: 0, errors: [] }; // prettier-ignore
      for (const row of rows) {
        const outcome = await takeOver(who, columns, row, categories);
        if (typeof outcome === 'string') done[outcome] += 1;
        else {
          done.failed += 1;
          done.errors.push(...outcome);
        }
      }
      return { ...done, success: done.failed === 0 };
    },
  );

  api.get(
    '/export',
    {
      summary: 'All products and variants as a CSV file, archived ones left out',
      answer: z.string(),
      contentType: 'text/csv',
    },
    async ({ who, res }) => {
      res.type('text/csv').attachment('products.csv');
      // Excel reads UTF-8 only with this mark.
      res.write(`\ufeff${csvLine(COLUMNS)}`);
      const slugs = new Map([...(await categoryIds(db, who.businessId))].map(([slug, id]) => [id, slug])); // prettier-ignore
      for (let afterId: number | undefined = 0; afterId !== undefined;) {
        const page = await listProductRecords(db, { businessId: who.businessId, afterId, limit: PER_PAGE }); // prettier-ignore
        for (const product of page) for (const cells of linesOf(product, slugs)) res.write(csvLine(cells)); // prettier-ignore
        afterId = page.length < PER_PAGE ? undefined : page.at(-1)?.id;
      }
      res.end();
    },
  );

  /** One row in a transaction of its own. */
  async function takeOver(
    who: Identity,
    columns: readonly string[],
    row: CsvRow,
    categories: ReadonlyMap<string, number>,
  ): Promise<'created' | 'updated' | Problem[]> {
    const read = readRow(columns, row, categories);
    if (!read.ok) return read.problems;
    const saving = { businessId: who.businessId, actor: who.actor, row: read.row };
    try {
      return await change(db, who, 'product.import', async (trx) => {
        const outcome = await importRow(trx, saving);
        // Thrown, so that nothing of it remains.
        if (!outcome.ok) throw new RefusedRow(outcome.problems);
        return { subject: `sku ${read.row.sku}`.slice(0, 64), result: outcome.did };
      });
    } catch (error) {
      if (!(error instanceof RefusedRow)) throw error;
      return error.problems.map((one) => ({ line: row.line, sku: read.row.sku, ...one }));
    }
  }
}

class RefusedRow extends Error {
  constructor(readonly problems: { field: string; code: string; message: string }[]) {
    super('a row was refused');
  }
}
