import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { projectRoot } from '../lib/project-root';
import { docsPage } from './docs-page';
import { openApi } from './openapi';
import { resource, type Operation, type Resource } from './resource';

/** `/api/openapi.json` and `/api/docs`: open to everybody, made once, without anything from other hosts. */
export function documentation(resources: readonly Resource[]): Resource {
  const api = resource('/api', 'Documentation');
  const own = api.operations;
  const all = (): Operation[] => [...own, ...resources.flatMap(({ operations }) => operations)];
  let document: Record<string, unknown> | undefined;
  let page: string | undefined;
  const described = () => (document ??= openApi(all(), version()));

  api.get(
    '/openapi.json',
    {
      summary: 'This description',
      role: null,
      answer: z.record(z.string(), z.unknown()),
    },
    () => described(),
  );
  api.get(
    '/docs',
    {
      summary: 'This description as a page',
      role: null,
      answer: z.string(),
      contentType: 'text/html',
    },
    ({ res }) => {
      page ??= docsPage(described());
      res.type('html').send(page);
    },
  );
  return api;
}

function version(): string {
  const text = readFileSync(path.join(projectRoot, 'package.json'), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}
