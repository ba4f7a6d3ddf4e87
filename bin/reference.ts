import { mkdirSync, writeFileSync } from 'node:fs';
import { referencePages } from './reference-pages.ts';

/** `npm run reference`: writes `docs/reference/` anew from the code; a test tells when it is stale. */
mkdirSync('docs/reference/events', { recursive: true });
for (const [file, text] of Object.entries(referencePages())) {
  writeFileSync(`docs/reference/${file}`, text);
}
