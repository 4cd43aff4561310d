import type { Queryable, Transaction } from '../db/database';
import { readJson } from '../lib/json';
import { settingsSchema, type BusinessSettings, type StoredSettings } from './settings';

export interface Business {
  id: number;
  slug: string;
  name: string;
  currency: string;
  country: string;
  timezone: string;
  language: string;
  settings: BusinessSettings;
}

export interface NewBusiness {
  slug: string;
  name: string;
  currency?: string;
  country?: string;
  timezone?: string;
  language?: string;
  settings?: StoredSettings;
}

const COLUMNS = 'id, slug, name, currency, country, timezone, language, settings';
type Row = Omit<Business, 'settings'> & { settings: string };

export async function findBusiness(q: Queryable, id: number): Promise<Business | null> {
  const [row] = await q.query<Row>(`SELECT ${COLUMNS} FROM businesses WHERE id = :id`, { id });
  return row ? toBusiness(row) : null;
}

/** Businesses by their ids. */
export async function findBusinesses(
  q: Queryable,
  ids: readonly number[],
): Promise<Map<number, Business>> {
  const rows = await q.query<Row>(`SELECT ${COLUMNS} FROM businesses WHERE id IN (:ids)`, {
    ids: [...new Set(ids)],
  });
  return new Map(rows.map((row) => [row.id, toBusiness(row)]));
}

export async function findBusinessBySlug(q: Queryable, slug: string): Promise<Business | null> {
  const [row] = await q.query<Row>(`SELECT ${COLUMNS} FROM businesses WHERE slug = :slug`, {
    slug,
  });
  return row ? toBusiness(row) : null;
}

/** Businesses by id; of one alone where `only` is given. */
export async function listBusinesses(
  q: Queryable,
  { only, afterId, limit }: { only?: number; afterId?: number; limit: number },
): Promise<Business[]> {
  const rows = await q.query<Row>(
    `SELECT ${COLUMNS} FROM businesses
     WHERE id > :afterId AND (:only IS NULL OR id = :only) ORDER BY id LIMIT :limit`,
    { only: only ?? null, afterId: afterId ?? 0, limit },
  );
  return rows.map(toBusiness);
}

/** Changes the fields that are given; `settings` as a whole. Call with the row locked, if they depend on what was there. */
export async function updateBusiness(
  trx: Transaction,
  id: number,
  fields: Partial<Pick<Business, 'name' | 'timezone' | 'language'>> & { settings?: StoredSettings },
): Promise<void> {
  const { settings, ...plain } = fields;
  await trx.execute(
    `UPDATE businesses
     SET name = COALESCE(:name, name), timezone = COALESCE(:timezone, timezone),
         language = COALESCE(:language, language), settings = COALESCE(:settings, settings)
     WHERE id = :id`,
    {
      id,
      name: plain.name ?? null,
      timezone: plain.timezone ?? null,
      language: plain.language ?? null,
      settings: settings ? JSON.stringify(settings) : null,
    },
  );
}

/** What the owner has set, without the defaults; locks the row, so that changes follow one another. */
export async function lockSettings(trx: Transaction, id: number): Promise<StoredSettings | null> {
  const [row] = await trx.query<{ settings: string }>(
    'SELECT settings FROM businesses WHERE id = :id FOR UPDATE',
    { id },
  );
  return row ? (JSON.parse(row.settings) as StoredSettings) : null;
}

/** The business that the environment's credentials and ADMIN_API_KEY belong to (RUN-6). */
export async function firstBusiness(q: Queryable): Promise<Business | null> {
  const [row] = await q.query<Row>(`SELECT ${COLUMNS} FROM businesses ORDER BY id LIMIT 1`);
  return row ? toBusiness(row) : null;
}

/**
 * Makes a business, or finds the one with this slug: two instances that start at once make one. Returns its id.
 */
export async function createBusiness(q: Queryable, business: NewBusiness): Promise<number> {
  settingsSchema.parse(business.settings ?? {});
  const { insertId } = await q.execute(
    `INSERT INTO businesses (slug, name, currency, country, timezone, language, settings)
     VALUES (:slug, :name, :currency, :country, :timezone, :language, :settings)
     ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id)`,
    {
      slug: business.slug,
      name: business.name,
      currency: business.currency ?? 'PHP',
      country: business.country ?? 'PH',
      timezone: business.timezone ?? 'Asia/Manila',
      language: business.language ?? 'en',
      settings: JSON.stringify(business.settings ?? {}),
    },
  );
  return insertId;
}

function toBusiness(row: Row): Business {
  return { ...row, settings: readSettings(row.settings) };
}

/** Texts of settings that were read lately, and what is in them: every turn reads its business, and few ever change. */
const known = new Map<string, BusinessSettings>();
const MOST_KNOWN = 100;

/** What is read is the row's text, each time; only what it says is remembered, so it cannot be out of date. */
function readSettings(text: string): BusinessSettings {
  const before = known.get(text);
  if (before) return before;
  const settings = readJson(settingsSchema, text);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(text, settings);
  return settings;
}
