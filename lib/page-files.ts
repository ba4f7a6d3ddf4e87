import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { type BuildOptions, type BuildResult, buildSync, type Metafile } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DASHBOARD = join(ROOT, 'dashboard');
const CEDAR = createRequire(import.meta.url).resolve('@cedar-policy/cedar-wasm/nodejs');

const DEFINE = { 'process.env.NODE_ENV': '"production"' };

/** Browsers of the last years: what the components are made for. */
const BUILD: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  minify: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  conditions: ['browser'],
  define: DEFINE,
  alias: { 'node:crypto': join(DASHBOARD, 'engine/node-crypto.ts') },
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  // One style sheet has them all: see `styles`.
  loader: { '.css': 'empty', '.svg': 'copy' },
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  write: false,
};

/** A file of the page, with its URL relative to the page. */
export type PageFile = { readonly name: string; readonly bytes: Uint8Array };

export type Page = { readonly html: string; readonly assets: readonly PageFile[] };

/** Builds the page from `dashboard/`. */
export function buildPage(): Page {
  const engine = buildEngine();
  const scripts = build({
    entryPoints: [source('start.ts'), source('app.tsx'), source('icon.svg')],
    define: { ...DEFINE, ENGINE_FILES: JSON.stringify(engine.names) },
  });
  const sheets = [
    styles('page', [source('page.css')]),
    styles('app', [...cssOf(scripts.metafile), source('app.css')]),
  ];
  const assets = [...[scripts, ...sheets].flatMap(filesOf), ...engine.assets];
  const [page, app] = sheets.map(({ outputFiles }) => basename(outputFiles[0]?.path ?? ''));
  const template = readFileSync(source('index.html'), 'utf8');
  return {
    html: fillTemplate(template, { assets, page, app, metafile: scripts.metafile }),
    assets,
  };
}

/** The worker of the policy engine, and Cedar's WebAssembly module. */
function buildEngine() {
  const worker = build({
    entryPoints: [source('engine/worker.ts')],
    entryNames: 'engine-[hash]',
    chunkNames: 'engine-[hash]',
  });
  const bytes = readFileSync(join(dirname(CEDAR), 'cedar_wasm_bg.wasm'));
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8).toUpperCase();
  const module = { name: `cedar-${hash}.wasm`, bytes };
  const scripts = filesOf(worker);
  return {
    names: {
      worker: fileBuiltFrom('engine/worker.ts', worker.metafile),
      module: module.name,
      integrity: integrity(bytes),
    },
    assets: [...scripts, module],
  };
}

function filesOf({ outputFiles }: Built): readonly PageFile[] {
  return outputFiles.map(({ path, contents }) => ({ name: basename(path), bytes: contents }));
}

type Built = BuildResult<{ write: false; metafile: true }>;

function build(options: BuildOptions): Built {
  return buildSync({ ...BUILD, ...options, outdir: join(ROOT, 'dist/page') }) as Built;
}

function source(name: string): string {
  return join(DASHBOARD, name);
}

/** The style sheets of all components that the page uses, lazily loaded views included. */
function cssOf({ inputs }: Metafile): readonly string[] {
  return Object.keys(inputs).filter((path) => path.endsWith('.css'));
}

/**
 * One style sheet for all views. That of each component is small once compressed, and esbuild gives a lazily loaded view
 * a sheet of its own with all of them, which nothing loads.
 */
function styles(name: string, files: readonly string[]): Built {
  const contents = files
    .map((path) => `@import ${JSON.stringify(resolve(ROOT, path))};`)
    .join('\n');
  return build({
    stdin: { contents, loader: 'css', resolveDir: ROOT, sourcefile: `${name}.css` },
    loader: { '.css': 'css' },
    entryNames: `${name}-[hash]`,
    splitting: false,
  });
}

/** Writes the page into a folder, packed with Brotli, as its Lambda serves it. */
export function packPage(folder: string): void {
  const { html, assets } = buildPage();
  mkdirSync(join(folder, 'assets'), { recursive: true });
  const write = (name: string, bytes: Uint8Array): void =>
    writeFileSync(join(folder, `${name}.br`), pack(bytes));
  write('index.html', Buffer.from(html));
  for (const { name, bytes } of assets) write(join('assets', name), bytes);
}

/** One step below the best: half a per cent larger, and ten times faster. */
export function pack(bytes: Uint8Array): Buffer {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
}

type Parts = {
  readonly assets: readonly PageFile[];
  readonly page: string | undefined;
  readonly app: string | undefined;
  readonly metafile: Metafile;
};

/** Puts the names of the files into the page, with the hash of each that it loads (W3C Subresource Integrity). */
function fillTemplate(template: string, { assets, page, app, metafile }: Parts): string {
  const outputs = Object.entries(metafile.outputs);
  const link = (name: string | undefined, of: 'href' | 'src' = 'href'): string => {
    const found = assets.find((asset) => asset.name === name);
    if (found === undefined) throw new Error(`the page has no file ${name}`);
    return `${of}="./assets/${name}" integrity="${integrity(found.bytes)}"`;
  };
  const builtFrom = (path: string): string => fileBuiltFrom(path, metafile);
  const icon = assets.find(({ name }) => name.startsWith('icon-'));
  const modules = withImports(builtFrom('app.tsx'), outputs);
  return template
    .replace('{{icon}}', `href="./assets/${icon?.name}"`)
    .replace('{{page.css}}', link(page))
    .replace('{{app.css}}', link(app))
    .replace('{{start}}', link(builtFrom('start.ts'), 'src'))
    .replace(
      '{{modules}}',
      modules
        .map((name) => `<link rel="modulepreload" fetchpriority="low" ${link(name)}>`)
        .join('\n    '),
    );
}

function fileBuiltFrom(path: string, { outputs }: Metafile): string {
  const all = Object.entries(outputs);
  const found = all.find(([, { entryPoint }]) => entryPoint === `dashboard/${path}`);
  return basename(found?.[0] ?? '');
}

/** A script and all that it imports before it runs. */
function withImports(
  name: string,
  outputs: readonly [string, Metafile['outputs'][string]][],
): readonly string[] {
  const found = new Set<string>();
  const add = (next: string): void => {
    if (found.has(next)) return;
    found.add(next);
    const output = outputs.find(([path]) => basename(path) === next)?.[1];
    for (const { path, kind } of output?.imports ?? []) {
      if (kind === 'import-statement') add(basename(path));
    }
  };
  add(name);
  return [...found];
}

function integrity(bytes: Uint8Array): string {
  return `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
}
