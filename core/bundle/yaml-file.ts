import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import type { core, ZodType } from 'zod';
import { err, ok, type Result } from '../result.ts';
import type { BundleError } from './bundle.ts';
import { describeIssue, describeMissing } from './describe-issue.ts';

type Path = readonly PropertyKey[];

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
): Result<Located<T>, readonly BundleError[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    return err(
      document.errors.map((error) => ({
        file,
        line: lines.linePos(error.pos[0]).line,
        message: error.message.split('\n')[0] ?? error.code,
      })),
    );
  }
  const error = (path: Path, message: string): BundleError => ({
    file,
    line: lineOf(document, lines, path),
    message: path.length === 0 ? message : `${formatPath(path)}: ${message}`,
  });
  const data = contentOf(document);
  if (!data.ok) return err([{ file, line: 1, message: data.error }]);
  const parsed = schema.safeParse(data.value, { reportInput: true, error: describeIssue });
  if (!parsed.success) {
    return err(parsed.error.issues.map((issue) => error(pathOf(issue), messageOf(issue))));
  }
  return ok({ file, value: parsed.data, error });
}

/** Resolving an alias throws if its anchor does not exist, or if it would expand without end. */
function contentOf(document: Document): Result<unknown, string> {
  try {
    return ok(document.toJS());
  } catch (error) {
    return err(error instanceof Error ? error.message : 'is not readable');
  }
}

/** The line of the node at a path, or of the nearest node around it. */
function lineOf(document: Document, lines: LineCounter, path: Path): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const pair = isMap(parent)
      ? parent.items.find((item) => isPair(item) && String(item.key) === String(path[depth - 1]))
      : undefined;
    const node = pair?.key ?? document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function pathOf(issue: core.$ZodIssue): Path {
  const [key] = issue.code === 'unrecognized_keys' ? issue.keys : [];
  return key === undefined ? issue.path : [...issue.path, key];
}

function messageOf(issue: core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return 'is not a known field; correct it or remove it';
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  return describeMissing(issue) ?? issue.message;
}

function formatPath(path: Path): string {
  return path.map(String).join('.');
}
