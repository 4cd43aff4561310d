import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import { z } from 'zod';
import {
  CUSTOMER_STATUSES,
  findCustomerRecord,
  insertCustomer,
  listCustomerRecords,
  updateCustomer,
  type CustomerRecord,
} from '../customers/customer-record-store';
import type { CoreDeps } from '../db/core-deps';
import { toMajor } from '../lib/money';
import { LANGUAGES } from '../templates/load-templates';
import { businessFor, change } from './change';
import { refusal } from './errors';
import { idCursor, iso, isoOrNull, listOf, out, pageOf, pageQuery, textField } from './fields';
import type { Identity } from './identity';
import { idIn, missing, resource, type Resource } from './resource';

const customerFields = z.object({
  name: textField(120),
  phone: z.string().trim().max(40).nullish().describe('Kept in E.164; the country of the shop'),
  email: z.email().max(254).nullish(),
  language: z.enum(LANGUAGES).nullish(),
});
const customerChange = customerFields.partial().extend({
  status: z.enum(CUSTOMER_STATUSES).optional(),
  is_trusted_buyer: z.boolean().optional(),
  id_verified: z.boolean().optional().describe('Somebody has seen this customer’s ID'),
});

const customerSchema = z
  .object({
    id: out.id,
    name: out.text.nullable(),
    phone: out.text.nullable(),
    email: out.text.nullable(),
    status: z.enum(CUSTOMER_STATUSES),
    language: out.text.nullable(),
    is_trusted_buyer: z.boolean(),
    id_verified_at: out.instant.nullable(),
    total_orders: out.count,
    total_spent: out.amount,
    engagement_score: out.count,
    last_order_at: out.instant.nullable(),
    last_address: z.record(z.string(), z.string()).nullable(),
    created_at: out.instant,
    updated_at: out.instant,
  })
  .meta({ id: 'Customer' });

const notFound = missing('customer');

/** `/api/customers` (API-2). */
export function customersApi({ db, clock }: Pick<CoreDeps, 'db' | 'clock'>): Resource {
  const api = resource('/api/customers', 'Customers');

  api.get(
    '/',
    {
      summary: 'List customers, the newest first',
      query: z.object({
        status: z.enum(CUSTOMER_STATUSES).optional(),
        q: z.string().trim().max(120).optional().describe('In the name, phone or e-mail'),
        ...pageQuery,
      }),
      answer: listOf(customerSchema),
    },
    async ({ who, query }) => {
      const rows = await listCustomerRecords(db, {
        businessId: who.businessId,
        status: query.status,
        text: query.q,
        beforeId: idCursor(query.cursor),
        limit: query.limit + 1,
      });
      return pageOf(rows, query.limit, (row) => row.id, present);
    },
  );

  api.post(
    '/',
    {
      summary: 'Create a customer',
      body: customerFields,
      status: 201,
      answer: customerSchema,
      problems: { 400: ['INVALID_PHONE'] },
    },
    ({ who, body }) => save(who, null, body),
  );

  api.get(
    '/:id',
    { summary: 'A customer', answer: customerSchema, problems: { 404: ['CUSTOMER_NOT_FOUND'] } },
    async (call) => {
      const customer = await findCustomerRecord(db, call.who.businessId, idIn(call, notFound));
      if (!customer) throw notFound();
      return present(customer);
    },
  );

  for (const method of ['put', 'patch'] as const) {
    api[method](
      '/:id',
      {
        summary: 'Change a customer: the fields that are sent',
        body: customerChange,
        answer: customerSchema,
        problems: { 400: ['INVALID_PHONE'], 404: ['CUSTOMER_NOT_FOUND'] },
      },
      (call) => save(call.who, idIn(call, notFound), call.body),
    );
  }

  async function save(who: Identity, id: number | null, body: z.output<typeof customerChange>) {
    const { country } = await businessFor(db, who);
    const fields = {
      name: body.name,
      phone: typeof body.phone === 'string' ? phoneOr400(body.phone, country) : body.phone,
      email: body.email,
      language: body.language,
      status: body.status,
      isTrusted: body.is_trusted_buyer,
      idVerifiedAt: body.id_verified === undefined ? undefined : verifiedAt(body.id_verified),
    };
    return change(db, who, id === null ? 'customer.create' : 'customer.update', async (trx) => {
      if (id !== null) await updateCustomer(trx, who.businessId, id, fields);
      const savedId = id ?? (await insertCustomer(trx, who.businessId, fields));
      const customer = await findCustomerRecord(trx, who.businessId, savedId);
      if (!customer) throw notFound();
      return { subject: `customer ${savedId}`, result: present(customer) };
    });
  }

  const verifiedAt = (isVerified: boolean): Date | null => (isVerified ? clock.now() : null);

  return api;
}

function phoneOr400(text: string, country: string): string {
  const phone = parsePhoneNumberFromString(text, country as CountryCode);
  if (phone?.isValid()) return phone.number;
  throw refusal(400, { code: 'INVALID_PHONE', message: 'This is not a phone number.' }, 'phone');
}

const present = (customer: CustomerRecord): z.input<typeof customerSchema> => ({
  id: customer.id,
  name: customer.name,
  phone: customer.phone,
  email: customer.email,
  status: customer.status,
  language: customer.language,
  is_trusted_buyer: customer.isTrusted,
  id_verified_at: isoOrNull(customer.idVerifiedAt),
  total_orders: customer.totalOrders,
  total_spent: toMajor(customer.totalSpent),
  engagement_score: customer.engagementScore,
  last_order_at: isoOrNull(customer.lastOrderAt),
  last_address: customer.lastAddress,
  created_at: iso(customer.createdAt),
  updated_at: iso(customer.updatedAt),
});
