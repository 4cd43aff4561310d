import { LANGUAGES } from '../../templates/load-templates';
import { projectRoot } from '../../lib/project-root';
// Actions make themselves known when they are imported.
import '../actions/index';
import { checkFiles } from './check-files';
import { describe } from './problem';

/** npm run flows:check */
const { book, templates, problems } = checkFiles(projectRoot);
const errors = problems.filter(({ isWarning }) => !isWarning);

for (const problem of problems) console.log(describe(problem));
const what = `${book.flows.size} flows, ${book.commands.size} commands and ${templates.names.size} templates (${LANGUAGES.join(', ')})`;
console.log(
  errors.length === 0
    ? `${what}: all fits together.`
    : `\n${what}: ${errors.length} to be put right.`,
);
if (errors.length > 0) process.exitCode = 1;
