import { wantedStatement } from '../../core/usage/wanted-statement.ts';
import type { Answer, Blind, Judged, JudgedAction, Wanted } from '../../core/usage.ts';
import { count, plain, type Style, type Terminal } from '../terminal.ts';

/** What the logs do not show, before anything that they do. */
export function showBlind(blind: readonly Blind[], { print, paint }: Terminal, before = ''): void {
  if (blind.length === 0) {
    print(`${before}Coverage: the trails record every service of the entitlement.`);
    return;
  }
  print(paint('yellow', `${before}Blind: what follows counts as unknown, never as unused.`));
  for (const { service, accounts, regions, why } of blind) {
    const where = [...accounts, ...regions].join(', ');
    print(plain(`${before}  ${service}${where === '' ? '' : ` in ${where}`}: ${why}`));
  }
}

const STYLES: Readonly<Record<Answer, Style>> = { used: 'green', unused: 'red', unknown: 'yellow' };
const ORDER: readonly Answer[] = ['used', 'unknown', 'unused'];

/** `used 3 of 10 actions; 2 unknown`, and each action. */
export function showActions(
  { summary, actions }: Judged,
  out: Terminal,
  withGrants: boolean,
): void {
  const { used, granted, unknown } = summary;
  const hidden = unknown === 0 ? '' : `; ${unknown} unknown`;
  out.print(out.paint('bold', `used ${used} of ${count(granted, 'action')}${hidden}`));
  if (actions.length === 0) return;
  const width = Math.max(...actions.map(({ action }) => action.length));
  const sorted = actions.toSorted((a, b) => ORDER.indexOf(a.answer) - ORDER.indexOf(b.answer));
  for (const one of sorted) {
    const answer = out.paint(STYLES[one.answer], one.answer.padEnd(7));
    out.print(
      `  ${answer}  ${`${plain(one.action.padEnd(width))}  ${facts(one, withGrants)}`.trimEnd()}`,
    );
  }
}

function facts(
  { answer, why, calls, refused, grants, principals }: JudgedAction,
  withGrants: boolean,
): string {
  const parts = [
    ...(calls > 0 ? [count(calls, 'call')] : []),
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(withGrants && answer === 'used'
      ? [`${count(grants, 'grant')} of ${count(principals, 'principal')}`]
      : []),
    ...(why === null ? [] : [why]),
  ];
  return plain(parts.join(', '));
}

/** Refused calls, with the statement that would allow each, for a person to review. */
export function showWanted({ wanted, wantedLeftOut }: Judged, out: Terminal): void {
  if (wantedLeftOut > 0) {
    const calls = count(wantedLeftOut, 'further action and resource pair');
    out.print(`Refused, and not compared with the entitlement: ${calls}.`);
  }
  if (wanted.length === 0) return;
  out.print(
    'Refused, and not granted. These statements would allow it; review before you add one:',
  );
  for (const one of wanted) {
    const who = `${count(one.calls, 'call')} in ${count(one.grants, 'grant')}`;
    const where = one.resource === null ? '; the logs do not tell on what' : '';
    out.print(`  ${plain(statementText(one))}  ${out.paint('dim', `# ${who}${where}`)}`);
  }
}

/** A line of YAML, and a comment where no statement allows this alone. */
function statementText(wanted: Wanted): string {
  const statement = wantedStatement(wanted);
  if (statement === null) {
    return `# ${wanted.action} on ${wanted.resource}: no pattern stands for this name alone`;
  }
  const { Action = [], Resource = [] } = statement;
  return `- { Effect: Allow, Action: ${quoted(Action)}, Resource: ${quoted(Resource)} }`;
}

function quoted(texts: readonly string[]): string {
  return `'${texts.join().replaceAll("'", "''")}'`;
}
