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
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { cedarModule } from '../adapters/cedar/cedar.ts';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

export const BUILD_OPTIONS: BuildOptions = {
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

/**
 * Fills a folder with the command for Node ≥ 20, bundled with everything it needs.
 *
 * @throws Error if a part that is loaded when needed would have no names.
 */
export async function buildCommand(dist: string): Promise<void> {
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(dist, { recursive: true });
  // A small file of its own: `credential-process` answers from its cache without loading the rest. It
  // is CommonJS, which Node starts faster than an ES module.
  await build({
    ...BUILD_OPTIONS,
    format: 'cjs',
    entryPoints: ['cli/valetkey.ts'],
    outfile: join(dist, 'valetkey.cjs'),
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
  const { metafile } = await build({
    ...BUILD_OPTIONS,
    metafile: true,
    entryPoints: ['cli/program.ts'],
    outdir: dist,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    // CommonJS packages `require` Node's own modules. The minifier gives no name as long as this one.
    banner: {
      js: "import { createRequire as requireForBanner } from 'node:module'; const require = requireForBanner(import.meta.url);",
    },
  });
  const nameless = loadedWithoutNames(metafile);
  if (nameless.length > 0) {
    throw new Error(
      `import() of these would have no names in the bundle, because they are CommonJS: ${nameless.join(', ')}. Import them statically, in a file of their own that is loaded with import().`,
    );
  }
  cpSync(join(ROOT, 'presets'), join(dist, 'presets'), { recursive: true });
  copyFileSync(cedarModule(), join(dist, basename(cedarModule())));
  writeFileSync(join(dist, 'LICENSES.txt'), licences(Object.keys(metafile.inputs)));
}

/** CommonJS files that our own files load with `import()`: the bundler gives those nothing but `default`. */
export function loadedWithoutNames({ inputs }: Pick<Metafile, 'inputs'>): readonly string[] {
  const loaded = Object.entries(inputs).flatMap(([file, { imports }]) =>
    file.includes('node_modules')
      ? []
      : imports.filter(({ kind }) => kind === 'dynamic-import').map(({ path }) => path),
  );
  return [...new Set(loaded)].filter((path) => inputs[path]?.format === 'cjs').toSorted();
}

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
