import {
  type Document,
  isMap,
  isNode,
  isPair,
  LineCounter,
  parseDocument,
  type YAMLError,
} from 'yaml';
import type { core, ZodType } from 'zod';
import { err, ok, type Result } from '../result.ts';
import type { BundleError } from './bundle.ts';
import { describeIssue, describeMissing, describeUnknown } from './describe-issue.ts';
import { lineAt } from './line-at.ts';
import { describeYaml } from './yaml-mistakes.ts';
import { exactScalars } from './yaml-scalars.ts';

export type Path = readonly PropertyKey[];

/** What a file means where its author may write it in several forms, such as a whole IAM policy. */
export type Reading = {
  /** In the one form that the schema checks. */
  readonly value: unknown;
  readonly mistakes: readonly { readonly path: Path; readonly message: string }[];
  /** Where a part of the value is in the file. */
  readonly placeOf: (path: Path) => Path;
};

const VERSION = 'has %YAML, which changes what words mean; remove it: files are YAML 1.2';

const AS_WRITTEN = (value: unknown): Reading => ({
  value,
  mistakes: [],
  placeOf: (path) => path,
});

/** A value read from a YAML file. */
export type Located<T> = {
  readonly file: string;
  readonly value: T;
  /** Makes an error about the part at a path, with the line on which that part begins. */
  readonly error: (path: Path, message: string) => BundleError;
};

/**
 * Reads a YAML document and checks it against a schema.
 *
 * @returns the value, or every mistake in it with its line.
 */
export function readYaml<T>(
  file: string,
  text: string,
  schema: ZodType<T>,
  understand: (data: unknown) => Reading = AS_WRITTEN,
): Result<Located<T>, readonly BundleError[]> {
  const { document, lines } = parse(text);
  // A tag that nothing resolves is only a warning to the parser, which then drops it.
  const mistakes = [...document.errors, ...document.warnings];
  if (mistakes.length > 0) return err(mistakesIn(file, text, lines, mistakes));
  if (document.directives?.yaml.explicit === true) {
    return err([{ file, line: lineAt(text, text.search(/^%YAML/m)), message: VERSION }]);
  }
  const data = contentOf(document);
  if (!data.ok) return err([{ file, line: 1, message: data.error }]);
  const { value, mistakes: misread, placeOf } = understand(data.value);
  const errorAt = (place: Path, message: string): BundleError => ({
    file,
    line: lineOf(document, lines, place),
    message: place.length === 0 ? message : `${formatPath(place)}: ${message}`,
  });
  if (misread.length > 0) return err(misread.map(({ path, message }) => errorAt(path, message)));
  const error = (path: Path, message: string): BundleError => errorAt(placeOf(path), message);
  const parsed = schema.safeParse(value, { reportInput: true, error: describeIssue });
  if (parsed.success) return ok({ file, value: parsed.data, error });
  return err(parsed.error.issues.flatMap((issue) => errorsOf(issue, error)));
}

type Parsed = { readonly document: Document; readonly lines: LineCounter };

/** A line that is indented by a tab, and looks like JSON. */
const TABBED_JSON = /^ *\t[\t ]*(["{}[\]]|true|false|null|-?\d|$)/;

/** JSON may be indented by tabs, and YAML may not: then each tab counts as two spaces. */
function parse(text: string): Parsed {
  const parsed = parseOnce(text);
  const tabbed = text.split(/\r?\n/).filter((line) => /^ *\t/.test(line));
  if (parsed.document.errors.length === 0) return parsed;
  if (!tabbed.every((line) => TABBED_JSON.test(line))) return parsed;
  return parseOnce(text.replaceAll(/^[\t ]+/gm, (blanks) => blanks.replaceAll('\t', '  ')));
}

function parseOnce(text: string): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    merge: true,
    logLevel: 'error',
    customTags: exactScalars,
  });
  return { document, lines };
}

/** The first mistake of each line, because those after it follow from it. */
function mistakesIn(
  file: string,
  text: string,
  lines: LineCounter,
  errors: readonly YAMLError[],
): readonly BundleError[] {
  const texts = text.split('\n');
  const found = new Map<number, BundleError>();
  for (const error of errors) {
    const { line } = lines.linePos(error.pos[0]);
    const message = describeYaml(error, texts[line - 1] ?? '');
    if (!found.has(line)) found.set(line, { file, line, message });
  }
  return [...found.values()];
}

/** Resolving an alias throws if its anchor does not exist, or if it would expand without end. */
function contentOf(document: Document): Result<unknown, string> {
  try {
    const data: unknown = document.toJS();
    // An anchor around its own alias is read as a value that contains itself; this throws then.
    JSON.stringify(data);
    return ok(data);
  } catch (error) {
    const [, name] = /Unresolved alias.*: (.*)$/.exec(String(error)) ?? [];
    return err(
      name === undefined
        ? 'has aliases (*name) that expand too far; write the values themselves'
        : `has the alias *${name}, and no anchor &${name} before it; put quotes around a text that begins with *`,
    );
  }
}

/** The line of the node at a path, or of the nearest node around it. */
function lineOf(document: Document, lines: LineCounter, path: Path): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const parent = document.getIn(path.slice(0, depth - 1));
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && String(item.key) === String(path[depth - 1]))
      : undefined;
    const node = pair?.key ?? document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

/** The mistakes in words for the author: one for each field that nobody knows. */
function errorsOf(
  issue: core.$ZodIssue,
  error: (path: Path, message: string) => BundleError,
): readonly BundleError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => error([...issue.path, key], describeUnknown(key)));
  }
  return [error(issue.path, messageOf(issue))];
}

function messageOf(issue: core.$ZodIssue): string {
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return describeMissing(issue) ?? issue.message;
}

function formatPath(path: Path): string {
  return path.map(String).join('.');
}
