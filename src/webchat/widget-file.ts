import path from 'node:path';
import { buildSync } from 'esbuild';
import type { RequestHandler } from 'express';
import { sha256 } from '../lib/hash';
import { projectRoot } from '../lib/project-root';

const ENTRY = path.join(projectRoot, 'src', 'webchat', 'widget', 'main.mjs');
/** Browsers of the last five years or so, as on cheap phones. */
const TARGET = ['chrome86', 'firefox78', 'safari14.1'];
/** A page that is opened again within this time does not ask; a new version reaches everybody after it. */
const CACHE_SECONDS = 600;

/** `GET /widget.js`: the widget in one small file, put together at the first request. */
export function serveWidget(): RequestHandler {
  let file: { text: string; etag: string } | undefined;
  return (_req, res) => {
    file ??= bundle();
    res
      .set({
        'Cross-Origin-Resource-Policy': 'cross-origin',
        'Access-Control-Allow-Origin': '*',
        'Cache-Control': `public, max-age=${CACHE_SECONDS}`,
        ETag: file.etag,
      })
      .type('text/javascript')
      .send(file.text);
  };
}

function bundle(): { text: string; etag: string } {
  const { outputFiles } = buildSync({
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    format: 'iife',
    target: TARGET,
    charset: 'utf8',
    loader: { '.css': 'text' },
    write: false,
    logLevel: 'silent',
  });
  const text = outputFiles[0]?.text ?? '';
  return { text, etag: `"${sha256(text).slice(0, 16)}"` };
}
