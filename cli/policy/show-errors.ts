import { posix } from 'node:path';
import type { BundleError } from '../../core/bundle/bundle.ts';
import type { BundleWarning } from '../../core/policy/lint-warning.ts';
import { count, plain, type Style, type Terminal } from '../terminal.ts';
import type { Opened } from './open-bundle.ts';

/** Prints mistakes like a compiler: place, message with the fix, and the line. */
export function showErrors(
  errors: readonly (BundleError | BundleWarning)[],
  opened: Pick<Opened, 'folder' | 'files'>,
  style: Style,
  { print, paint }: Terminal,
): void {
  for (const [index, error] of errors.entries()) {
    const { file, line, message } = error;
    const rule = 'rule' in error ? paint('dim', ` [${error.rule}]`) : '';
    const what = style === 'yellow' ? `${paint('yellow', 'warning')}: ` : '';
    print(`${paint('bold', placeOf(error, opened))}: ${what}${plain(message)}${rule}`);
    const next = errors[index + 1];
    // Once for all that is said of a line.
    if (next?.file === file && next.line === line) continue;
    const text = lineOf(error, opened);
    if (text !== null && file !== '') {
      print(paint('dim', `  ${String(line).padStart(4)} | ${plain(text)}`));
    }
  }
}

/** Reports an invalid bundle, for every command that needs a valid one. */
export function showInvalid(
  errors: readonly BundleError[],
  opened: Pick<Opened, 'folder' | 'files'>,
  json: boolean,
  out: Terminal,
): 1 {
  if (json) out.json({ ok: false, errors: errors.map((error) => errorJson(error, opened)) });
  else {
    showErrors(errors, opened, 'red', out);
    out.print(
      out.paint('red', `${opened.folder} is not valid: ${count(errors.length, 'mistake')}`),
    );
  }
  return 1;
}

export function errorJson(
  error: BundleError | BundleWarning,
  opened: Pick<Opened, 'folder' | 'files'>,
): object {
  return { ...error, text: lineOf(error, opened) };
}

export function placeOf({ file, line }: BundleError, { folder }: Pick<Opened, 'folder'>): string {
  return plain(`${posix.join(folder, file)}:${line}`);
}

function lineOf({ file, line }: BundleError, { files }: Pick<Opened, 'files'>): string | null {
  return files.get(file)?.split('\n')[line - 1]?.trimEnd() ?? null;
}
