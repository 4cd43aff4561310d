/** The parts of the description that the page shows. */
interface Described {
  info: { title: string; version: string; description: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, DescribedOperation>>;
  components: { schemas: Record<string, unknown> };
}
interface DescribedOperation {
  tags: string[];
  summary: string;
  description?: string;
  operationId: string;
  'x-role'?: string;
  parameters?: { name: string; in: string; required?: boolean; description?: string }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, { description: string; content: Record<string, { schema: unknown }> }>;
}

/** The description as one plain page: no script, nothing from elsewhere. */
export function docsPage(document: Record<string, unknown>): string {
  const { info, tags, paths, components } = document as unknown as Described;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = tags.map(({ name }) => {
    const own = operations.filter(({ operation }) => operation.tags.includes(name));
    return `<section id="${escape(name)}"><h2>${escape(name)}</h2>${own.map(operationHtml).join('')}</section>`;
  });
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) =>
      `<details id="schema-${escape(name)}"><summary><b>${escape(name)}</b></summary>${json(schema)}</details>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(info.title)} API</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escape(info.title)} API <small>${escape(info.version)}</small></h1>
<p>${escape(info.description)}</p>
<p>Send your key in the header <code>X-API-Key</code>. For programs: <a href="/api/openapi.json">openapi.json</a>.</p>
<nav>${tags.map(({ name }) => `<a href="#${escape(name)}">${escape(name)}</a>`).join(' ')} <a href="#schemas">Schemas</a></nav>
${sections.join('\n')}
<section id="schemas"><h2>Schemas</h2>${schemas.join('\n')}</section>
</body>
</html>`;
}

function operationHtml(given: {
  path: string;
  method: string;
  operation: DescribedOperation;
}): string {
  const { path, method, operation } = given;
  const parameters = (operation.parameters ?? []).map(
    (one) =>
      `<tr><td><code>${escape(one.name)}</code></td><td>${one.in}${one.required ? ', required' : ''}</td><td>${escape(one.description ?? '')}</td></tr>`,
  );
  const body = Object.values(operation.requestBody?.content ?? {})[0];
  const responses = Object.entries(operation.responses).map(
    ([status, { description, content }]) =>
      `<h4>${status} <small>${escape(description)}</small></h4>${json(Object.values(content)[0]?.schema)}`,
  );
  return `<details id="${escape(operation.operationId)}">
<summary><b class="${method}">${method.toUpperCase()}</b> <code>${escape(path)}</code> ${escape(operation.summary)}</summary>
${operation.description ? `<p>${escape(operation.description)}</p>` : ''}
${operation['x-role'] ? `<p>Role: ${escape(operation['x-role'])} or above.</p>` : ''}
${parameters.length > 0 ? `<table>${parameters.join('')}</table>` : ''}
${body ? `<h4>Body</h4>${json(body.schema)}` : ''}
${responses.join('\n')}
</details>`;
}

function json(schema: unknown): string {
  const text = escape(JSON.stringify(schema, null, 2) ?? '');
  const linked = text.replace(
    /#\/components\/schemas\/(\w+)/g,
    (_all, name: string) => `<a href="#schema-${name}">${name}</a>`,
  );
  return `<pre>${linked}</pre>`;
}

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1c1c1e; }
nav a { margin-right: .6rem; } code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { background: #f5f5f7; padding: .6rem .8rem; border-radius: 6px; overflow-x: auto; max-height: 26rem; }
details { border: 1px solid #e2e2e6; border-radius: 6px; margin: .4rem 0; padding: .3rem .8rem; }
summary { cursor: pointer; } summary b { display: inline-block; min-width: 4rem; }
.get { color: #0a7d38; } .post { color: #0b5cad; } .put, .patch { color: #9a5b00; } .delete { color: #b3261e; }
table { border-collapse: collapse; } td { padding: .1rem .8rem .1rem 0; vertical-align: top; } small { color: #6b6b70; font-weight: normal; }
`;
