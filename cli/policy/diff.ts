import { got } from '../../core/policy/case-errors.ts';
import { type Answered, type Change, diffBundles } from '../../core/policy/diff.ts';
import { benchFor } from '../../core/policy/run-cases.ts';
import { count, plain, type Style, type Terminal } from '../terminal.ts';
import { openBundle, tools } from './open-bundle.ts';
import { showInvalid } from './show-errors.ts';

export type DiffOptions = { readonly json: boolean; readonly failOnChange?: boolean };

/**
 * `valetkey policy diff`
 *
 * @returns 1 if a bundle is invalid, and with `--fail-on-change` also if the outcome of a case changed.
 */
export function diff(from: string, to: string, options: DiffOptions, out: Terminal): 0 | 1 {
  const using = tools();
  const [before, after] = [openBundle(from, using), openBundle(to, using)];
  if (!before.read.ok) return showInvalid(before.read.error, before, options.json, out);
  if (!after.read.ok) return showInvalid(after.read.error, after, options.json, out);
  const { engineFor } = using.language;
  const found = diffBundles(
    { bench: benchFor(before.read.value.bundle, engineFor), cases: before.read.value.cases },
    { bench: benchFor(after.read.value.bundle, engineFor), cases: after.read.value.cases },
  );
  const code = options.failOnChange === true && found.cases.length > 0 ? 1 : 0;
  if (options.json) {
    out.json({ ok: code === 0, ...found });
    return code;
  }
  const { print, paint } = out;
  if (found.changes.length === 0) print('No changes that affect decisions.');
  for (const change of found.changes) showChange(change, out);
  print(
    `\n${count(found.casesAsked, 'case')} run against both; ${count(found.cases.length, 'outcome')} changed`,
  );
  for (const { name, file, line, from: was, to: is } of found.cases) {
    print(
      `  ${paint('yellow', `${was.outcome} → ${is.outcome}`)}: ${plain(name)} ${paint('dim', plain(`(${file}:${line})`))}`,
    );
    print(`      was ${answeredText(was)}`);
    print(`      is  ${answeredText(is)}`);
  }
  return code;
}

const STYLES: Readonly<Record<Change['change'], readonly [Style, string]>> = {
  added: ['green', '+'],
  removed: ['red', '-'],
  changed: ['yellow', '~'],
};

function showChange({ kind, id, change, details }: Change, { print, paint }: Terminal): void {
  const [style, sign] = STYLES[change];
  print(paint(style, `${sign} ${kind} ${id} ${change}`));
  for (const detail of details) print(`    ${plain(detail)}`);
}

function answeredText(answer: Answered): string {
  return answer.outcome === 'invalid' ? `an invalid request: ${plain(answer.why)}` : got(answer);
}
