import { type Document, isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import type { core, ZodType } from 'zod';
import { err, ok, type Result } from '../result.ts';
import type { BundleError } from './bundle.ts';

type Path = readonly PropertyKey[];

/** A value read from a YAML file, which can still say on which line each part of it stands. */
export type Located<T> = {
  readonly file: string;
  readonly value: T;
  readonly error: (path: Path, message: string) => BundleError;
};

/**
 * Reads one YAML document of the given shape.
 *
 * @returns the value, or every mistake in it with its line.
 */
export function readYaml<T>(
  file: string,
  text: string,
  shape: ZodType<T>,
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
  const parsed = shape.safeParse(data.value, { reportInput: true });
  if (!parsed.success)
    return err(parsed.error.issues.map((issue) => error(pathOf(issue), say(issue))));
  return ok({ file, value: parsed.data, error });
}

/** Aliases are followed only here: one that leads nowhere, or to endless text, throws. */
function contentOf(document: Document): Result<unknown, string> {
  try {
    return ok(document.toJS());
  } catch (error) {
    return err(error instanceof Error ? error.message : 'cannot be read');
  }
}

/** The line of the node at `path`, or of the nearest one around it. */
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

function say(issue: core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return 'is not a field that this version knows; remove it';
  if (issue.code === 'invalid_type' && issue.input === undefined)
    return `is missing (${issue.expected})`;
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (issue.code === 'invalid_value') return `write one of: ${issue.values.join(', ')}`;
  return issue.message;
}

function formatPath(path: Path): string {
  return path.map(String).join('.');
}
