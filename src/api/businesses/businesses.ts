import { z } from 'zod';
import {
  createBusiness,
  findBusiness,
  findBusinessBySlug,
  listBusinesses,
  lockSettings,
  updateBusiness,
  type Business,
} from '../../businesses/business-store';
import { settingsSchema } from '../../businesses/settings';
import { refusal } from '../errors';
import { change } from '../change';
import { idCursor, listOf, out, pageOf, pageQuery, textField } from '../fields';
import { resource, type Resource } from '../resource';
import {
  businessIn,
  businessNotFound,
  forbidden,
  runsDeployment,
  type BusinessesApiDeps,
} from './access';
import { addChannels } from './channels';

const timezone = z.string().max(64).refine(isTimezone, 'must be a time zone like Asia/Manila');
const language = z.string().regex(/^[a-z]{2,3}$/, 'must be a language like en or fil');

const newBusiness = z.object({
  name: textField(120),
  slug: z
    .string()
    .trim()
    .toLowerCase()
    .max(64)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be words of letters and digits, joined by -'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'must be a currency like PHP')
    .optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be a country like PH')
    .optional(),
  timezone: timezone.optional(),
  language: language.optional(),
});
const businessChange = z.object({
  name: textField(120).optional(),
  timezone: timezone.optional(),
  language: language.optional(),
  settings: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('The settings to change, each as a whole'),
});
const businessSchema = z
  .object({
    id: out.id,
    slug: out.text,
    name: out.text,
    currency: out.text,
    country: out.text,
    timezone: out.text,
    language: out.text,
    settings: z
      .record(z.string(), z.unknown())
      .describe('All of them, defaults included; amounts in minor units'),
  })
  .meta({ id: 'Business' });

/** `/api/businesses`: the shops of this deployment, their rules and their channels (API-2, RUN-6). */
export function businessesApi(deps: BusinessesApiDeps): Resource {
  const { db, firstBusinessId } = deps;
  const api = resource('/api/businesses', 'Businesses');

  api.get(
    '/',
    {
      summary: 'List businesses: all of them for an admin of the first one, else the own one',
      query: z.object(pageQuery),
      answer: listOf(businessSchema),
    },
    async ({ who, query }) => {
      const only = runsDeployment(who, firstBusinessId) ? undefined : who.businessId;
      const { limit, cursor } = query;
      const rows = await listBusinesses(db, { only, afterId: idCursor(cursor), limit: limit + 1 });
      return pageOf(rows, limit, (row) => row.id, present);
    },
  );

  api.post(
    '/',
    {
      summary: 'Add a business; for an admin of the first one',
      role: 'admin',
      body: newBusiness,
      status: 201,
      answer: businessSchema,
      problems: { 409: ['BUSINESS_EXISTS'] },
    },
    async ({ who, body }) => {
      if (!runsDeployment(who, firstBusinessId)) throw forbidden();
      const id = await change(db, who, 'business.create', async (trx) => {
        if (await findBusinessBySlug(trx, body.slug)) throw exists();
        const added = await createBusiness(trx, body);
        return { subject: `business ${added}`, result: added };
      });
      return present((await findBusiness(db, id))!);
    },
  );

  api.get(
    '/:id',
    { summary: 'A business', answer: businessSchema, problems: { 404: ['BUSINESS_NOT_FOUND'] } },
    async (call) => present(await businessIn(db, call, firstBusinessId)),
  );

  for (const method of ['put', 'patch'] as const) {
    api[method](
      '/:id',
      {
        summary: 'Change a business: the fields and settings that are sent',
        role: 'admin',
        body: businessChange,
        answer: businessSchema,
        problems: { 400: ['INVALID_SETTINGS'], 404: ['BUSINESS_NOT_FOUND'] },
      },
      async (call) => {
        const { id } = await businessIn(db, call, firstBusinessId);
        await change(db, { ...call.who, businessId: id }, 'business.update', async (trx) => {
          const old = await lockSettings(trx, id);
          if (!old) throw businessNotFound();
          const { settings, ...fields } = call.body;
          await updateBusiness(trx, id, {
            ...fields,
            ...(settings ? { settings: changed(old, settings) } : {}),
          });
          return { subject: `business ${id}`, result: undefined };
        });
        return present((await findBusiness(db, id))!);
      },
    );
  }

  addChannels(api, deps);
  return api;
}

/** The stored settings with these in place of theirs; what would not be read again is refused, every problem at once. */
function changed(old: object, given: Record<string, unknown>): z.input<typeof settingsSchema> {
  const merged = { ...old, ...given };
  const unknown = Object.keys(given).filter((name) => !(name in settingsSchema.shape));
  const parsed = settingsSchema.safeParse(merged);
  if (parsed.success && unknown.length === 0) return merged;
  const problems = [
    ...unknown.map((name) => ({
      field: `settings.${name}`,
      message: 'there is no such setting',
      code: 'UNKNOWN',
    })),
    ...(parsed.error?.issues ?? []).map((issue) => ({
      field: ['settings', ...issue.path].join('.'),
      message: issue.message,
      code: 'INVALID',
    })),
  ];
  const message = 'The settings have mistakes; each is listed.';
  throw refusal(400, { code: 'INVALID_SETTINGS', message, problems });
}

const exists = () =>
  refusal(
    409,
    { code: 'BUSINESS_EXISTS', message: 'There is a business with this slug already.' },
    'slug',
  );

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format() !== '';
  } catch {
    return false;
  }
}

const present = ({ settings, ...business }: Business): z.input<typeof businessSchema> => ({
  ...business,
  settings,
});
