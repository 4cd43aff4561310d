import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { AppError } from '../lib/errors';
import { parseOr400 } from '../lib/parse-or-400';
import { identityOf, requireRole, type ApiRole, type Identity } from './identity';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What the documentation says of a route; the route itself parses and is typed by the same schemas (API-3). */
export interface Operation {
  method: Method;
  /** As express has it: "/api/orders/:id". */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  /** Null: open to everybody. */
  role: ApiRole | null;
  params?: Record<string, string>;
  headers?: Record<string, string>;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** What is said about a body that the domain reads itself, to answer with its own codes. */
  describedBody?: z.ZodType;
  isBodyOptional?: boolean;
  /** JSON without it. */
  bodyType?: string;
  status: number;
  answer: z.ZodType;
  contentType?: string;
  /** Codes that clients can rely on, by status. */
  problems?: Record<number, readonly string[]>;
  /** Statuses that answer something else than an error body. */
  otherAnswers?: Record<number, z.ZodType>;
}

type Spec<Query extends z.ZodObject, Body extends z.ZodType, Answer extends z.ZodType> = Pick<
  Operation,
  | 'summary'
  | 'description'
  | 'params'
  | 'headers'
  | 'problems'
  | 'otherAnswers'
  | 'contentType'
  | 'isBodyOptional'
  | 'bodyType'
  | 'describedBody'
> & {
  role?: ApiRole | null;
  query?: Query;
  body?: Body;
  /** 200 without it. */
  status?: number;
  answer: Answer;
};

/** One request, parsed. */
export interface Call<Query = unknown, Body = unknown> {
  req: Request;
  res: Response;
  params: Record<string, string>;
  query: Query;
  body: Body;
  /** Who asks, and for which business. Only where the route is not open to everybody. */
  who: Identity;
}

/** Returns what is answered; nothing when it has answered itself. */
type Handler<Query extends z.ZodObject, Body extends z.ZodType, Answer extends z.ZodType> = (
  call: Call<z.output<Query>, z.output<Body>>,
) => Promise<z.input<Answer> | void> | z.input<Answer> | void;

type Register = <Query extends z.ZodObject, Body extends z.ZodType, Answer extends z.ZodType>(
  path: string,
  spec: Spec<Query, Body, Answer>,
  handler: Handler<Query, Body, Answer>,
) => void;

export type Resource = Record<Method, Register> & {
  base: string;
  router: Router;
  operations: Operation[];
};

/** The routes under one path, each with what is said about it in the documentation. */
export function resource(base: string, tag: string): Resource {
  const router = Router();
  const operations: Operation[] = [];
  const register =
    (method: Method): Register =>
    (path, spec, handler) => {
      const role = spec.role === undefined ? 'operator' : spec.role;
      const status = spec.status ?? 200;
      operations.push({ ...spec, method, path: joined(base, path), tag, role, status });
      router[method](path, ...(role === null ? [] : [requireRole(role)]), async (req, res) => {
        const answer = await handler({
          req,
          res,
          params: req.params as Record<string, string>,
          query: parseOr400(spec.query ?? z.object({}), req.query) as never,
          // A request without a body says nothing, which is not the same as something wrong.
          body: (spec.body ? parseOr400(spec.body, req.body ?? {}) : undefined) as never,
          who: role === null ? (undefined as never) : identityOf(req),
        });
        if (!res.headersSent) res.status(status).json(answer);
      });
    };
  return {
    base,
    router,
    operations,
    get: register('get'),
    post: register('post'),
    put: register('put'),
    patch: register('patch'),
    delete: register('delete'),
  };
}

const joined = (base: string, path: string): string =>
  `${base === '/' ? '' : base}${path === '/' ? '' : path}` || '/';

/** The id in a path; something that is no id is not found, like an id that nothing has. */
export function idIn(call: Pick<Call, 'params'>, notFound: () => AppError): number {
  const text = call.params.id ?? '';
  if (!/^\d{1,15}$/.test(text)) throw notFound();
  return Number(text);
}

/** "PRODUCT_NOT_FOUND": there is no such product. */
export const missing = (what: string) => (): AppError =>
  new AppError(
    `${what.toUpperCase().replaceAll(' ', '_')}_NOT_FOUND`,
    404,
    `There is no such ${what}.`,
  );
