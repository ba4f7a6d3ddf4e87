import { LAYERS, MAY_IMPORT } from '../../tools/import-rules.ts';

/** A small tree in which every rule of `npm run check:imports` is broken at least once. */

const FOLDERS = Object.keys(MAY_IMPORT);
export const PACKAGES = [
  'zod',
  '@aws-sdk/client-sts',
  '@aws-lambda-powertools/logger',
  'aws-cdk-lib',
];

/** A file that breaks one rule. */
type Plant = { readonly file: string; readonly code: string; readonly breaks: string };

const forbiddenFolders: readonly Plant[] = Object.entries(MAY_IMPORT).flatMap(([folder, allowed]) =>
  FOLDERS.filter((other) => other !== folder && !allowed.includes(other)).map((other) => ({
    file: `${folder}/imports-${other}.ts`,
    code: `import '../${other}/target.ts';`,
    breaks: `folder-${folder}`,
  })),
);

const fileIn = (layer: string, name: string): string => {
  if (layer === '.') return `${name}.ts`;
  return layer.endsWith('.ts') ? layer.replace('*', name) : `${layer}/${name}.ts`;
};

/** Each layer imports the one right above it. */
const upwards: readonly Plant[] = Object.entries(LAYERS).flatMap(([folder, layers]) =>
  layers.slice(0, -1).map((layer, index) => {
    const above = fileIn(layers[index + 1] ?? '', 'top');
    const file = fileIn(layer, 'up');
    const way = file.includes('/') ? '..' : '.';
    return {
      file: `${folder}/${file}`,
      code: `import '${way}/${above}';`,
      breaks: `order-${folder}-${layer === '.' ? 'root' : layer}`,
    };
  }),
);

/** How one file can name another; each is an arrow from core to lambdas, which has none. */
const FORMS = [
  "import { a } from '../lambdas/target.ts';",
  "import {\n  a,\n  type B,\n} from '../lambdas/target.ts';",
  "import * as a from '../lambdas/target.ts';",
  "import type { A } from '../lambdas/target.ts';",
  "import { type A } from '../lambdas/target.ts';",
  "import '../lambdas/target.ts';",
  "export { a } from '../lambdas/target.ts';",
  "export type { A } from '../lambdas/target.ts';",
  "export * from '../lambdas/target.ts';",
  "const a = await import('../lambdas/target.ts');",
  "const a = () => import('../lambdas/target.ts');",
  "const a = require('../lambdas/target.ts');",
  "import a = require('../lambdas/target.ts');",
  "function a(b: import('../lambdas/target.ts').B): void {}",
];

const forms: readonly Plant[] = FORMS.map((code, index) => ({
  file: `core/form-${index}.ts`,
  code,
  breaks: 'folder-core',
}));

export const plants: readonly Plant[] = [
  ...forbiddenFolders,
  ...upwards,
  ...forms,
  { file: 'local/a.ts', code: "import './b.ts';", breaks: 'no-circle' },
  { file: 'bin/lost.ts', code: "import './nowhere.ts';", breaks: 'file-exists' },
  { file: 'adapters/sts/a.ts', code: "import '../iam/target.ts';", breaks: 'adapters-apart' },
  { file: 'core/disk.ts', code: "import 'node:fs';", breaks: 'core-pure' },
  {
    file: 'core/sdk.ts',
    code: "import type { STS } from '@aws-sdk/client-sts';",
    breaks: 'core-pure',
  },
  { file: 'cli/cdk.ts', code: "import 'aws-cdk-lib';", breaks: 'cdk-only-in-constructs' },
  { file: 'tools/cdk.ts', code: "import 'aws-cdk-lib';", breaks: 'cdk-only-in-constructs' },
  {
    file: 'cli/sdk.ts',
    code: "import { STS } from '@aws-sdk/client-sts';",
    breaks: 'aws-only-in-adapters',
  },
  {
    file: 'lambdas/log.ts',
    code: "import { Logger } from '@aws-lambda-powertools/logger';",
    breaks: 'aws-only-in-adapters',
  },
];

/** Files that look like the plants and are allowed. */
export const allowed: Readonly<Record<string, string>> = {
  // Closes the circle, which is reported once.
  'local/b.ts': "import type { A } from './a.ts';",
  'adapters/sts/b.ts': "import './a.ts'; import '@aws-sdk/client-sts';",
  'core/good.ts': "import { z } from 'zod'; import 'node:crypto'; // import 'node:fs'",
  'core/policy/down.ts': "import '../bundle/up.ts'; import '../form-0.ts';",
  'lambdas/container/stores.ts': "import '@aws-sdk/client-sts'; import '../../core/target.ts';",
  'lambdas/types.ts': "import type { STS } from '@aws-sdk/client-sts';",
  'lib/construct.ts': "import 'aws-cdk-lib'; import '../core/target.ts';",
  'test/all.ts': "import '../lib/target.ts'; import '../local/target.ts'; import 'aws-cdk-lib';",
};

/** Files for the plants to import. */
export const targets: readonly string[] = [
  ...FOLDERS.map((folder) => `${folder}/target.ts`),
  'adapters/iam/target.ts',
  ...Object.entries(LAYERS).flatMap(([folder, layers]) =>
    layers.map((layer) => `${folder}/${fileIn(layer, 'top')}`),
  ),
];
