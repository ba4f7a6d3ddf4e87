import { mkdirSync, writeFileSync } from 'node:fs';
import { buildSync } from 'esbuild';
import { actionNamesModule } from './action-names.ts';
import { ACTION_BUILD } from './github-action.ts';
import { referencePages } from './reference-pages.ts';

/**
 * `npm run reference`: writes everything that is generated from the code, which is
 * `docs/reference/`, the programs of the GitHub action and the list of actions. Tests fail if it is stale.
 */
buildSync(ACTION_BUILD);
mkdirSync('docs/reference/events', { recursive: true });
for (const [file, text] of Object.entries(referencePages())) {
  writeFileSync(`docs/reference/${file}`, text);
}
writeFileSync('core/usage/action-names.ts', await actionNamesModule());
