import { formatInstant } from '../../core/instant.ts';
import type { Checked } from '../../core/usage/objections.ts';
import type { Proposal } from '../../core/usage/propose.ts';
import { count, plain, type Terminal } from '../terminal.ts';
import type { Gathered } from './evidence.ts';
import type { Opinion } from './second-opinion.ts';
import { showBlind } from './show-judged.ts';

/** What a patch rests on and what it passed. Each line is a comment, so that the output as a whole can be applied. */
export function showProposal(
  id: string,
  { basis, dropped, narrowed, remarks }: Proposal,
  checked: Checked,
  opinion: Opinion,
  { judged, since }: Pick<Gathered, 'judged' | 'since'>,
  out: Terminal,
): void {
  const { print, paint } = out;
  const line = (text: string): void => print(plain(`# ${text}`));
  print(paint('bold', plain(`# A narrower ${id}`)));
  showBlind(judged.blind, out, '# ');
  line(`From ${basis.confidence}.`);
  if (since !== null) line(`The broker knows of grants since ${formatInstant(since)}.`);
  if (dropped.length > 0) line(`No longer as written: ${dropped.join(', ')}`);
  for (const { from, to, calls, grants } of narrowed) {
    line(
      `${from} becomes ${to}: ${count(calls, 'call')} of ${count(grants, 'grant')}, none elsewhere`,
    );
  }
  for (const { id: what, details } of checked.changes) {
    for (const detail of details) line(`${what}: ${detail}`);
  }
  line(`Passed: ${passed(checked, opinion)}.`);
  if (opinion.notAsked !== null) {
    print(
      paint(
        'yellow',
        plain(
          `# IAM's simulator was ${opinion.asked === 0 ? 'not asked' : 'asked in part'}: ${opinion.notAsked}.`,
        ),
      ),
    );
  }
  for (const remark of remarks) line(`Remark: ${remark}`);
}

function passed({ cases, decisions, calls }: Checked, { asked, of, unclear }: Opinion): string {
  const open = unclear === 0 ? '' : `, ${unclear} of them depend on conditions`;
  const second = asked === 0 ? [] : [`IAM's simulator on ${asked} of ${of} calls${open}`];
  return [
    count(cases, 'case'),
    count(decisions, 'recorded request'),
    count(calls, 'recorded call'),
    ...second,
  ].join(', ');
}

const MOST_SHOWN = 20;

export function showObjections(objections: readonly string[], { print, paint }: Terminal): void {
  print(
    paint('red', `No patch: ${count(objections.length, 'objection')} to a narrower entitlement.`),
  );
  for (const objection of objections.slice(0, MOST_SHOWN)) print(plain(`  ${objection}`));
  const more = objections.length - MOST_SHOWN;
  if (more > 0) print(`  … and ${more} more`);
}
