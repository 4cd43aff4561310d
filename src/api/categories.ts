import { z } from 'zod';
import {
  findCategory,
  insertCategory,
  listCategoryRecords,
  updateCategory,
  type CategoryRecord,
} from '../catalog/category-store';
import { PRODUCT_STATUSES } from '../catalog/product';
import type { CoreDeps } from '../db/core-deps';
import type { Transaction } from '../db/database';
import { isDuplicateKey } from '../db/errors';
import { normalise } from '../lib/text';
import { change } from './change';
import { refusal } from './errors';
import { idCursor, imageField, iso, listOf, out, pageOf, pageQuery, textField } from './fields';
import type { Identity } from './identity';
import { idIn, missing, resource, type Resource } from './resource';

const categoryFields = z.object({
  name: textField(80),
  slug: z
    .string()
    .trim()
    .toLowerCase()
    .max(80)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be words of letters and digits, joined by -')
    .optional()
    .describe('Made from the name when it is left out'),
  description: z.string().trim().max(500).nullish(),
  image_url: imageField.nullish(),
  position: z.number().int().min(0).max(1_000_000).optional(),
  status: z.enum(PRODUCT_STATUSES).optional(),
});
const categoryChange = categoryFields.partial();

const categorySchema = z
  .object({
    id: out.id,
    name: out.text,
    slug: out.text,
    description: out.text.nullable(),
    image_url: out.text.nullable(),
    position: out.count,
    status: z.enum(PRODUCT_STATUSES),
    created_at: out.instant,
    updated_at: out.instant,
  })
  .meta({ id: 'Category' });

const notFound = missing('category');

/** `/api/categories` (API-2). */
export function categoriesApi({ db }: Pick<CoreDeps, 'db'>): Resource {
  const api = resource('/api/categories', 'Categories');

  api.get(
    '/',
    {
      summary: 'List categories',
      query: z.object({ status: z.enum(PRODUCT_STATUSES).optional(), ...pageQuery }),
      answer: listOf(categorySchema),
    },
    async ({ who, query }) => {
      const rows = await listCategoryRecords(db, {
        businessId: who.businessId,
        status: query.status,
        afterId: idCursor(query.cursor),
        limit: query.limit + 1,
      });
      return pageOf(rows, query.limit, (row) => row.id, present);
    },
  );

  api.post(
    '/',
    {
      summary: 'Create a category',
      role: 'manager',
      body: categoryFields,
      status: 201,
      answer: categorySchema,
      problems: { 409: ['CATEGORY_EXISTS'] },
    },
    ({ who, body }) =>
      save(who, 'category.create', (trx) =>
        insertCategory(trx, who.businessId, {
          ...fieldsOf(body),
          slug: body.slug ?? slugOf(body.name),
        }),
      ),
  );

  api.get(
    '/:id',
    { summary: 'A category', answer: categorySchema, problems: { 404: ['CATEGORY_NOT_FOUND'] } },
    async (call) => {
      const category = await findCategory(db, call.who.businessId, idIn(call, notFound));
      if (!category) throw notFound();
      return present(category);
    },
  );

  for (const method of ['put', 'patch'] as const) {
    api[method](
      '/:id',
      {
        summary: 'Change a category: the fields that are sent',
        role: 'manager',
        body: categoryChange,
        answer: categorySchema,
        problems: { 404: ['CATEGORY_NOT_FOUND'], 409: ['CATEGORY_EXISTS'] },
      },
      (call) => update(call.who, idIn(call, notFound), call.body, 'category.update'),
    );
  }

  api.delete(
    '/:id',
    {
      summary: 'Archive a category; its products stay',
      role: 'manager',
      answer: categorySchema,
      problems: { 404: ['CATEGORY_NOT_FOUND'] },
    },
    (call) => update(call.who, idIn(call, notFound), { status: 'archived' }, 'category.archive'),
  );

  const update = (
    who: Identity,
    id: number,
    body: z.output<typeof categoryChange>,
    action: string,
  ) =>
    save(who, action, async (trx) => {
      await updateCategory(trx, who.businessId, id, fieldsOf(body));
      return id;
    });

  async function save(
    who: Identity,
    action: string,
    write: (trx: Transaction) => Promise<number>,
  ): Promise<z.input<typeof categorySchema>> {
    return change(db, who, action, async (trx) => {
      const id = await write(trx).catch((error: unknown) => {
        if (!isDuplicateKey(error)) throw error;
        const message = 'The shop has a category of this name already.';
        throw refusal(409, { code: 'CATEGORY_EXISTS', message }, 'slug');
      });
      const category = await findCategory(trx, who.businessId, id);
      if (!category) throw notFound();
      return { subject: `category ${id}`, result: present(category) };
    });
  }

  return api;
}

const fieldsOf = ({ image_url: imageUrl, ...fields }: z.output<typeof categoryChange>) => ({
  ...fields,
  imageUrl,
});

/** "Home & Living" to "home-living"; a name without letters that fit gets a word. */
const slugOf = (name: string): string =>
  normalise(name)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80)
    .replace(/-+$/, '') || 'category';

const present = (category: CategoryRecord): z.input<typeof categorySchema> => ({
  id: category.id,
  name: category.name,
  slug: category.slug,
  description: category.description,
  image_url: category.imageUrl,
  position: category.position,
  status: category.status,
  created_at: iso(category.createdAt),
  updated_at: iso(category.updatedAt),
});
