import * as z from 'zod';
import type { BundleError, BundleFiles } from '../bundle/bundle.ts';
import { readYaml } from '../bundle/yaml-file.ts';
import { err, ok, type Result } from '../result.ts';

/** What a bundle needs for one provider: its entry in issuers.yaml, and policies with their cases. */
export type Preset = {
  readonly name: string;
  readonly title: string;
  /** Whose tokens the provider signs. */
  readonly for: 'people' | 'jobs' | 'people and workloads';
  /** Where the provider documents the claims. */
  readonly sources: readonly string[];
  /** The claims of a token of the documented shape, which the first case is about. */
  readonly token: Readonly<Record<string, unknown>>;
  /** Parts of files of the bundle, as their authors would write them. */
  readonly issuers: string;
  readonly entitlements: readonly string[];
  readonly policies: string;
  readonly cases: string;
};

const text = z.string().min(1);

const presetFile: z.ZodType<Omit<Preset, 'name'>> = z.strictObject({
  title: text,
  for: z.enum(['people', 'jobs', 'people and workloads']),
  sources: z.array(z.url('is not the address of a page; write it with https://')).nonempty(),
  token: z.record(z.string(), z.unknown()),
  issuers: text,
  entitlements: z.array(text).nonempty(),
  policies: text,
  cases: text,
});

export function readPreset(
  name: string,
  file: string,
  content: string,
): Result<Preset, readonly BundleError[]> {
  const read = readYaml(file, content, presetFile);
  return read.ok ? ok({ name, ...read.value.value }) : read;
}

/**
 * The files of a bundle that is made of presets. What two presets share, such as an entitlement, is there once.
 *
 * @returns the files, or the path of the one of which two presets have different texts.
 */
export function bundleOf(presets: readonly Preset[]): Result<BundleFiles, string> {
  const files = new Map([['issuers.yaml', issuersOf(presets)]]);
  for (const preset of presets) {
    for (const [path, content] of filesOf(preset)) {
      if ((files.get(path) ?? content) !== content) return err(path);
      files.set(path, content);
    }
  }
  return ok(files);
}

function issuersOf(presets: readonly Preset[]): string {
  const entries = presets.map(({ title, sources, issuers }) => {
    const comments = [`# ${title}. Claims: ${sources.join(' ')}`];
    return [...comments, ...issuers.trimEnd().split('\n')]
      .map((line) => (line === '' ? '' : `  ${line}`))
      .join('\n');
  });
  return `${HEADER}issuers:\n${entries.join('\n\n')}\n`;
}

const HEADER = `# The issuers whose tokens the broker accepts, and how their claims become principals. \`subject\` makes the
# id of a principal: claims that never change and are never assigned again. \`name\` is for display only.
`;

function filesOf({ name, entitlements, policies, cases }: Preset): readonly [string, string][] {
  return [
    ...entitlements.map((content): [string, string] => [
      `entitlements/${entitlementId(content, name)}.yaml`,
      content,
    ]),
    [`policies/${name}.cedar`, policies],
    [`cases/${name}.yaml`, cases],
  ];
}

/** The reader of the bundle says what is wrong with an entitlement without an id. */
function entitlementId(content: string, otherwise: string): string {
  return /^id: *([a-z0-9-]+) *$/m.exec(content)?.[1] ?? otherwise;
}
