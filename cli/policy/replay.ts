import { got } from '../../core/policy/case-errors.ts';
import { type Replayed, replay } from '../../core/policy/replay.ts';
import { benchFor } from '../../core/policy/run-cases.ts';
import { count, plain, type Terminal } from '../terminal.ts';
import { readText } from './explain.ts';
import { openBundle, tools } from './open-bundle.ts';
import { showInvalid } from './show-errors.ts';

export type ReplayOptions = {
  readonly policy: string;
  readonly json: boolean;
  readonly failOnChange?: boolean;
  readonly account: string;
  readonly region: string;
};

/**
 * `valetkey policy replay`
 *
 * @returns 1 for unreadable lines or an invalid bundle, and with `--fail-on-change` also for changes.
 */
export function replayFile(file: string, options: ReplayOptions, out: Terminal): 0 | 1 {
  const text = readText(file);
  const using = tools();
  const opened = openBundle(options.policy, using);
  if (!opened.read.ok) return showInvalid(opened.read.error, opened, options.json, out);
  const { account, region } = options;
  const bench = benchFor(opened.read.value.bundle, using.language.engineFor, { account, region });
  const { replayed, malformed } = replay(bench, text);
  const changed = replayed.filter((decision) => decision.changed);
  const ok = malformed.length === 0 && (options.failOnChange !== true || changed.length === 0);
  if (options.json) {
    const bundle = opened.read.value.bundle.hash;
    const same = replayed.length - changed.length;
    out.json({ ok, bundle, same, changed: changed.map(changedJson), malformed });
    return ok ? 0 : 1;
  }
  for (const decision of changed) showChanged(decision, out);
  for (const { line, message } of malformed) {
    out.print(out.paint('red', `${file}:${line}: not a recorded decision: ${message}`));
  }
  const assumed = (guessed: (decision: Replayed) => boolean, what: string) => {
    const found = replayed.filter(guessed).length;
    if (found > 0) out.print(out.paint('dim', `${count(found, 'decision')} without ${what}`));
  };
  assumed(
    (decision) => decision.historyGuessed,
    'a recorded history: assuming a first use without denials',
  );
  assumed((decision) => decision.signalsGuessed, 'recorded signals: assuming that all are quiet');
  const unread = malformed.length === 0 ? '' : `; cannot read ${count(malformed.length, 'line')}`;
  const outcomes = count(changed.length, 'outcome');
  out.print(`${count(replayed.length, 'decision')} replayed: ${outcomes} changed${unread}`);
  return ok ? 0 : 1;
}

function showChanged({ line, past, now }: Replayed, { print, paint }: Terminal): void {
  const { grantId, at, principal, entitlement, decision } = past;
  const change = paint('yellow', `${decision.outcome} → ${now.outcome}`);
  print(`${change}: ${plain(`${principal.name} (${principal.id}) for ${entitlement}`)}`);
  print(paint('dim', plain(`    line ${line}, grant ${grantId}, ${at}`)));
  print(plain(`    was ${got(decision)}`));
  print(plain(`    is  ${now.outcome === 'refused' ? `refused: ${now.why}` : got(now)}`));
}

function changedJson({ line, past, now }: Replayed): object {
  const { grantId, at, entitlement, decision, principal } = past;
  return { line, grantId, at, entitlement, principal, from: decision, to: now };
}
