import type { IForbiddenRuleType } from 'dependency-cruiser';

/** The rules of `npm run check:imports`: which file may import which, type imports included. */

const SHIPPED = ['adapters', 'bin', 'ci', 'cli', 'core', 'dashboard', 'lambdas', 'lib', 'tools'];

/** For each folder, the other folders that it may import. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  adapters: ['core'],
  bench: ['adapters', 'core', 'lambdas', 'lib', 'local', 'test'],
  bin: ['adapters', 'core', 'lib'],
  // Runs on other people's runners: the parts of the command that it needs.
  ci: ['cli'],
  cli: ['adapters', 'core'],
  core: [],
  // Types of the API, rules that are pure, and the policy engine, in the browser.
  dashboard: ['adapters', 'core'],
  lambdas: ['adapters', 'core'],
  // Facts that templates and code share: routes, id shapes, the bundle. Lambdas only by path.
  lib: ['core'],
  // The local stack starts the app and the Lambdas by their paths.
  local: ['adapters', 'core', 'lib'],
  test: [...SHIPPED, 'local'],
  // The reference of the command is made from the command.
  // It deploys as the local stack does.
  tools: ['adapters', 'cli', 'core', 'local'],
};

/**
 * The order inside a folder, from the ground up: a file imports from its own layer and the layers
 * before it. A layer is a subfolder or a file; `.` stands for all other files at the folder's root.
 */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  core: [
    '.',
    'session-policy',
    'bundle',
    'lifecycle',
    'deciding',
    'grants',
    'reviewing',
    'kill',
    'config',
    'accounts',
    'upkeep',
    'api',
    'policy',
    'ocsf',
    'ledger',
    'observing',
    'chat',
    'signals',
    'stats',
    'evidence',
    'usage',
    'review-list',
    'recovery',
  ],
  cli: [
    '.',
    'saved',
    'policy',
    'accounts',
    'broker',
    'credential-cache',
    'sign-in',
    'operator',
    'grants',
    'audit',
    'evidence',
    'review-access',
    'usage',
    'credentials',
    'recovery',
    'setup',
    'ci',
    'local.ts',
    'tools.ts',
    'program.ts',
    'valetkey.ts',
  ],
  lambdas: ['.', 'container', 'middleware', 'recover-log.ts', '*.lambda.ts'],
};

/** Libraries that compute and nothing else. */
const PURE = [
  'zod/(mini/)?index',
  'yaml',
  'recheck',
  '@eslint-community/regexpp',
  'diff/lib(esm|cjs)',
];

const installed = (packages: string): string => `(^|/)node_modules/(${packages})`;
const CDK = installed('aws-cdk|aws-cdk-lib|constructs|cdk-nag');
const AWS_CLIENTS = installed('@aws-sdk|@smithy|@aws-lambda-powertools');

/** The regular expression of all files in a layer. */
export function filesIn(folder: string, layer: string): string {
  if (layer !== '.') {
    const name = layer.replaceAll('.', '\\.').replaceAll('*', '[^/]+');
    return `^${folder}/${name}${layer.endsWith('.ts') ? '$' : '/'}`;
  }
  const others = (LAYERS[folder] ?? []).filter((other) => other !== '.' && other.endsWith('.ts'));
  const named = others.map((other) => `(?!${filesIn(folder, other).slice(`^${folder}/`.length)})`);
  return `^${folder}/${named.join('')}[^/]+$`;
}

const folderRules: readonly IForbiddenRuleType[] = Object.entries(MAY_IMPORT).map(
  ([folder, allowed]) => ({
    name: `folder-${folder}`,
    comment: `${folder}/ imports of our own only ${[folder, ...allowed].join(', ')}.`,
    severity: 'error',
    from: { path: `^${folder}/` },
    to: { dependencyTypes: ['local'], pathNot: `^(${[folder, ...allowed].join('|')})/` },
  }),
);

const layerRules: readonly IForbiddenRuleType[] = Object.entries(LAYERS).flatMap(
  ([folder, layers]) =>
    layers.slice(0, -1).map((layer, index) => ({
      name: `order-${folder}-${layer === '.' ? 'root' : layer}`,
      comment: `This layer imports none of those above it: ${layers.slice(index + 1).join(', ')}.`,
      severity: 'error' as const,
      from: { path: filesIn(folder, layer) },
      to: { path: layers.slice(index + 1).map((above) => filesIn(folder, above)) },
    })),
);

export const IMPORT_RULES: readonly IForbiddenRuleType[] = [
  {
    name: 'no-circle',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'file-exists',
    comment: 'Everything that is imported can be found.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  ...folderRules,
  ...layerRules,
  {
    name: 'adapters-apart',
    comment: 'An adapter never imports another.',
    severity: 'error',
    from: { path: '^adapters/([^/]+)/' },
    to: { path: '^adapters/', pathNot: '^adapters/$1/' },
  },
  {
    name: 'core-pure',
    comment: 'core/ knows nothing of AWS, the disk, the network or the clock.',
    severity: 'error',
    from: { path: '^core/' },
    to: {
      dependencyTypesNot: ['local'],
      pathNot: [installed(PURE.map((name) => `${name}\\b`).join('|')), '^(node:)?crypto$'],
    },
  },
  {
    name: 'cdk-only-in-constructs',
    comment: 'Only the app and its constructs know the CDK.',
    severity: 'error',
    from: { pathNot: '^(bin|lib|test)/' },
    to: { path: CDK },
  },
  {
    name: 'aws-only-in-adapters',
    comment: 'What is deployed or installed calls AWS only in adapters and the composition root.',
    severity: 'error',
    from: {
      pathNot:
        '^((adapters|bench|local|test|tools)/|lambdas/(container/.*|logger\\.ts|metrics\\.ts)$)',
    },
    to: { path: AWS_CLIENTS, dependencyTypesNot: ['type-only'] },
  },
];
