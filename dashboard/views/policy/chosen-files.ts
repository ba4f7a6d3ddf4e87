import { bundlePaths } from '../../../core/bundle/bundle-paths.ts';
import { err, ok, type Result } from '../../../core/result.ts';

/** The files of a policy bundle, out of those that somebody chose. */

export type Chosen = {
  readonly name: string;
  /** With the names of its folders, where a folder was chosen; else empty. */
  readonly webkitRelativePath: string;
  readonly text: () => Promise<string>;
};

export type ChosenFiles = readonly (readonly [path: string, text: string])[];

/** More than a bundle has; reading a whole disk by mistake would take long. */
const MOST_FILES = 5_000;

/** @returns the files, or what is wrong with what was chosen, as a sentence. */
export async function readChosen(files: readonly Chosen[]): Promise<Result<ChosenFiles, string>> {
  if (files.length > MOST_FILES) {
    return err(`The folder has ${files.length} files. Choose the folder that has issuers.yaml.`);
  }
  const placed = await inBundle(files);
  const paths = bundlePaths([...placed.keys()].toSorted());
  if (!paths.ok) return err(`${paths.error}.`);
  if (!paths.value.includes('issuers.yaml')) {
    return err('There is no issuers.yaml. Choose the folder of the policy bundle, such as policy.');
  }
  const texts = paths.value.map(async (path) => {
    const text = (await placed.get(path)?.text()) ?? '';
    return [path, text] as const;
  });
  return ok(await Promise.all(texts));
}

/** By their paths in the bundle, whose folder is the one nearest to the top that has `issuers.yaml`. */
async function inBundle(files: readonly Chosen[]): Promise<ReadonlyMap<string, Chosen>> {
  const paths = files.map((file) => file.webkitRelativePath);
  const [root] = paths
    .filter((path) => /(^|\/)issuers\.yaml$/.test(path))
    .map((path) => path.slice(0, -'issuers.yaml'.length))
    .toSorted((a, b) => a.split('/').length - b.split('/').length);
  if (root === undefined) {
    const placed = files.map(async (file) => [await placeOf(file), file] as const);
    return new Map(await Promise.all(placed));
  }
  const inside = files.filter(({ webkitRelativePath: path }) => path.startsWith(root));
  const entries = inside.map((file) => [file.webkitRelativePath.slice(root.length), file] as const);
  return new Map(entries.filter(([path]) => !path.startsWith('.')));
}

/** Where a file belongs that was chosen without its folder: a list in YAML is cases. */
async function placeOf({ name, text }: Chosen): Promise<string> {
  if (name.endsWith('.cedar')) return `policies/${name}`;
  if (!/\.ya?ml$/.test(name) || /^(issuers|limits)\.yaml$/.test(name)) return name;
  const isList = /^(-\s|\[)/.test((await text()).replaceAll(/^\s*(#.*|---\s*)?\n/gm, ''));
  return `${isList ? 'cases' : 'entitlements'}/${name}`;
}
