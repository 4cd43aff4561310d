import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { projectRoot } from '../../lib/project-root';
import { loadTemplates } from '../../templates/load-templates';
import { drawFlows } from './draw-flows';
import { loadFlows } from './load-flows';

/** npm run flows:draw */
const { book } = loadFlows(path.join(projectRoot, 'flows'));
const { templates } = loadTemplates(path.join(projectRoot, 'templates'));
mkdirSync(path.join(projectRoot, 'docs'), { recursive: true });
writeFileSync(path.join(projectRoot, 'docs', 'flows.md'), drawFlows(book, templates));
console.log(`${book.flows.size} flows are drawn in docs/flows.md.`);
