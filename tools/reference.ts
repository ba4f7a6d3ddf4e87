import { mkdirSync, writeFileSync } from 'node:fs';
import { buildSync } from 'esbuild';
import { ACTION_BUILD } from './github-action.ts';
import { referencePages } from './reference-pages.ts';

/**
 * `npm run reference`: writes all that is made from the code anew, `docs/reference/` and the programs of
 * the GitHub action; tests tell when it is stale.
 */
buildSync(ACTION_BUILD);
mkdirSync('docs/reference/events', { recursive: true });
for (const [file, text] of Object.entries(referencePages())) {
  writeFileSync(`docs/reference/${file}`, text);
}
