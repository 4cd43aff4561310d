import { z } from 'zod';
import type { Operation } from './resource';

type Json = Record<string, unknown>;

const errorSchema = z
  .object({
    success: z.literal(false),
    error: z.string().describe('A sentence for people'),
    code: z.string().describe('For programs'),
    validation_errors: z
      .array(
        z.object({
          field: z.string().describe('Such as items[0].quantity'),
          message: z.string(),
          code: z.string(),
          expected: z.number().optional().describe('What an amount should have been'),
          available: z.number().optional().describe('How many there are'),
          sku: z.string().optional(),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Error' });

/** The description of the API in OpenAPI 3.1, whose schemas are JSON Schema as zod writes it (API-3). */
export function openApi(operations: readonly Operation[], version: string): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[operation.method] = describe(operation, schemas);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tindera',
      version,
      description:
        'Amounts are in major units (1500.5), instants in ISO 8601 UTC. Lists are pages: data, and next_cursor for the next one. Fields that are not named here are ignored.',
    },
    servers: [{ url: '/' }],
    tags: [...new Set(operations.map((operation) => operation.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: { apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' } },
    },
  };
}

function describe(operation: Operation, schemas: Json): Json {
  const { role, isBodyOptional, problems = {} } = operation;
  const body = operation.describedBody ?? operation.body;
  const parameters = [
    ...[...operation.path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
      name,
      in: 'path',
      required: true,
      description: operation.params?.[name] ?? 'Its id',
      schema: { type: 'string' },
    })),
    ...Object.entries(operation.headers ?? {}).map(([name, description]) => ({
      name,
      in: 'header',
      description,
      schema: { type: 'string' },
    })),
    ...queryParameters(operation.query, schemas),
  ];
  const statuses: Record<number, readonly string[]> = { ...problems };
  if (operation.method !== 'get') {
    statuses[413] = ['BODY_TOO_LARGE'];
    statuses[400] = ['INVALID_JSON', ...(problems[400] ?? [])];
  }
  if (operation.body || operation.query)
    statuses[400] = ['VALIDATION_FAILED', ...(statuses[400] ?? [])];
  if (role !== null) {
    statuses[401] = ['API_KEY_REQUIRED', 'API_KEY_INVALID'];
    statuses[403] = ['FORBIDDEN'];
    statuses[503] = ['DATABASE_UNAVAILABLE'];
  }
  return {
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description ? { description: operation.description } : {}),
    operationId: operationId(operation),
    ...(role === null ? { security: [] } : { security: [{ apiKey: [] }], 'x-role': role }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? {
          requestBody: {
            required: !isBodyOptional,
            content: {
              [operation.bodyType ?? 'application/json']: {
                schema: toSchema(body, 'input', schemas),
              },
            },
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(statuses).map(([status, codes]) => [
          status,
          answer(codes.join(', '), errorSchema, schemas),
        ]),
      ),
      ...Object.fromEntries(
        Object.entries(operation.otherAnswers ?? {}).map(([status, schema]) => [
          status,
          answer('See the schema', schema, schemas),
        ]),
      ),
      [operation.status]: answer(
        operation.summary,
        operation.answer,
        schemas,
        operation.contentType,
      ),
    },
  };
}

function queryParameters(query: z.ZodObject | undefined, schemas: Json): Json[] {
  if (!query) return [];
  const { properties = {}, required = [] } = toSchema(query, 'input', schemas) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description ? { description } : {}),
    schema,
  }));
}

const answer = (
  description: string,
  schema: z.ZodType,
  schemas: Json,
  contentType = 'application/json',
): Json => ({
  description,
  content: { [contentType]: { schema: toSchema(schema, 'output', schemas) } },
});

/** A schema with what it refers to moved to the components. */
function toSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json {
  const { $defs = {}, ...json } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      // Clients must live with fields that come later, and the limits of JavaScript's integers say nothing.
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.format === 'date-time' || jsonSchema.format === 'date') {
        delete jsonSchema.pattern;
      }
    },
  }) as Json & { $defs?: Json };
  // The document names its dialect once.
  delete json.$schema;
  for (const [name, definition] of Object.entries($defs)) schemas[name] = refer(definition);
  const id = json.id;
  if (typeof id === 'string') {
    schemas[id] = refer(json);
    return { $ref: `#/components/schemas/${id}` };
  }
  return refer(json) as Json;
}

function refer(value: unknown): unknown {
  const text = JSON.stringify(value, (key, inner: unknown) =>
    key === 'id' && typeof inner === 'string' ? undefined : inner,
  );
  return JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/')) as unknown;
}

/** "postOrdersIdConfirm" */
const operationId = ({ method, path }: Operation): string =>
  method +
  path
    .replace(/^\/api(?=\/)/, '')
    .split(/[/:._-]+/)
    .filter(Boolean)
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join('');
