import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';
import { cedarModule } from '../adapters/cedar/cedar.ts';

/**
 * `npm pack` runs this. It fills `dist/` with the command for Node ≥ 20, bundled with everything it
 * needs, and with the constructs that other CDK apps import.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');

const options: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  // The SDK in the package is never updated by its user, so its advice on Node versions is not for them.
  define: { 'process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED': '"true"' },
  // The package's default build looks for Java and native programs; this one is plain JavaScript.
  alias: { recheck: 'recheck/lib/browser.js' },
  logLevel: 'warning',
};

rmSync(DIST, { recursive: true, force: true });
mkdirSync(DIST);
// A small file of its own: `credential-process` answers from its cache without loading the rest. It
// is CommonJS, which Node starts faster than an ES module.
await build({
  ...options,
  format: 'cjs',
  entryPoints: ['cli/valetkey.ts'],
  outfile: join(DIST, 'valetkey.cjs'),
  plugins: [
    {
      name: 'program-beside',
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\.\/program\.ts$/ }, () => ({
          path: './program.js',
          external: true,
        })),
    },
  ],
});
const program = await build({
  ...options,
  metafile: true,
  entryPoints: ['cli/program.ts'],
  outdir: DIST,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  // CommonJS packages `require` Node's own modules. The minifier gives no name as long as this one.
  banner: {
    js: "import { createRequire as requireForBanner } from 'node:module'; const require = requireForBanner(import.meta.url);",
  },
});
await build({
  ...options,
  minify: false,
  entryPoints: ['lib/constructs.ts'],
  outfile: join(DIST, 'constructs.js'),
  // The importing app brings the CDK, of which there may be only one.
  packages: 'external',
});
execFileSync(
  process.execPath,
  [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.constructs.json'],
  {
    cwd: ROOT,
    stdio: 'inherit',
  },
);
cpSync(join(ROOT, 'presets'), join(DIST, 'presets'), { recursive: true });
copyFileSync(cedarModule(), join(DIST, basename(cedarModule())));
writeFileSync(join(DIST, 'LICENSES.txt'), licences(Object.keys(program.metafile.inputs)));

/** The licences of all bundled packages, which must accompany them. */
function licences(inputs: readonly string[]): string {
  const folders = inputs.flatMap(
    (path) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(
      readFileSync(join(ROOT, folder, 'package.json'), 'utf8'),
    ) as Readonly<Record<'name' | 'version' | 'license', string>>;
    const file = readdirSync(join(ROOT, folder)).find((name) => /^licen[cs]e/i.test(name));
    const text = file === undefined ? '' : readFileSync(join(ROOT, folder, file), 'utf8');
    return `${name} ${version} (${license})\n\n${text.trim()}`;
  });
  return `${texts.join(`\n\n${'-'.repeat(72)}\n\n`)}\n`;
}
