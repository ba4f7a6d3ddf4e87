import { IMPORT_RULES } from './tools/import-rules.ts';

/**
 * swc parses, since TypeScript 7 has no compiler API. It reads the sources before any compilation,
 * so type imports are seen without `tsPreCompilationDeps`, which is an option of TypeScript's parser.
 * Not seen are `import('…')` in a type other than an annotation, and what `createRequire` returns:
 * test/architecture/sources.test.ts keeps those out.
 */
export default {
  forbidden: IMPORT_RULES,
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['node', 'import', 'types'] },
  },
};
