import { startOddServer, type OddServer } from './odd-server';

/** A page of somebody else's site, with the chat of a shop in it: one line, as the README says. */
export function startForeignPage(script: () => string, attributes = ''): Promise<OddServer> {
  return startOddServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    // A careful site: it allows the chat's script, its requests and its pictures, and nothing that is written inline.
    const shop = new URL(script()).origin;
    response.setHeader(
      'content-security-policy',
      `default-src 'none'; script-src ${shop}; connect-src ${shop}; img-src ${shop} https: data:; style-src 'none'`,
    );
    response.end(`<!doctype html><html lang="en"><head><title>Somebody's blog</title>
<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width,initial-scale=1"></head>
<body><h1>A blog</h1><p><a href="#below">A link</a></p>
<script src="${script()}" data-business="aling-nena" ${attributes}></script></body></html>`);
  });
}
