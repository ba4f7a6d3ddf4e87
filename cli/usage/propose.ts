import type { PolicySimulator } from '../../adapters/iam/simulate-policy.ts';
import type { CompiledEntitlement } from '../../core/bundle/bundle.ts';
import type { Deployment } from '../../core/entitlement.ts';
import { formatInstant } from '../../core/instant.ts';
import { readBundle } from '../../core/policy/read-bundle.ts';
import { benchFor } from '../../core/policy/run-cases.ts';
import { type Checked, checkProposal } from '../../core/usage/objections.ts';
import { patchEntitlement, unifiedDiff } from '../../core/usage/patch-entitlement.ts';
import {
  type NoProposal,
  type Proposal,
  propose,
  statementsLeft,
} from '../../core/usage/propose.ts';
import { Failure } from '../failure.ts';
import { readText } from '../policy/explain.ts';
import { showInvalid } from '../policy/show-errors.ts';
import { refuseExisting } from '../review-access/start.ts';
import { plain, type Terminal } from '../terminal.ts';
import {
  deploymentOf,
  entitlementIn,
  type LogOptions,
  logsOf,
  type OpenBundle,
  type UsageContext,
  validBundle,
} from './context.ts';
import { allDecisions } from './decisions.ts';
import { evidenceOf, type Gathered } from './evidence.ts';
import { type Opinion, secondOpinion } from './second-opinion.ts';
import { showBlind } from './show-judged.ts';
import { showObjections, showProposal } from './show-proposal.ts';
import { writeNew } from './write-new.ts';

/** `valetkey usage propose`: a narrower entitlement as a patch, which is shown only if nothing speaks against it. */

export type ProposeOptions = LogOptions & {
  readonly days: number;
  readonly policy?: string;
  readonly decisions?: string;
  readonly out?: string;
  readonly json: boolean;
};

export type ProposeContext = UsageContext & {
  readonly simulator: (region: string) => PolicySimulator;
};

/** @returns 1 if too little is known, or something speaks against the proposal; then there is no patch. */
export async function proposeNarrower(
  id: string,
  options: ProposeOptions,
  context: ProposeContext,
  out: Terminal,
): Promise<0 | 1> {
  refuseExisting(options.out);
  const logs = logsOf(options);
  const bundle = validBundle(options.policy);
  const entitlement = entitlementIn(bundle, id);
  const deployment = await deploymentOf(context.broker);
  const gathered = await evidenceOf(context, entitlement, deployment, logs, options.days);
  const found = propose(entitlement, { ...gathered, deployment });
  if (!found.ok) return showNone(found.error, gathered, options, out);

  const patch = patchOf(bundle, id, found.value);
  const read = readBundle(patch.files, bundle.using.language);
  if (!read.ok) {
    return showInvalid(
      read.error,
      { folder: bundle.opened.folder, files: patch.files },
      options.json,
      out,
    );
  }
  const decisions =
    options.decisions === undefined
      ? await allDecisions(context.broker, id, options.days, context.now())
      : readText(options.decisions);
  const { engineFor } = bundle.using.language;
  const checked = checkProposal(
    id,
    { bench: benchFor(bundle.sources.bundle, engineFor, deployment), cases: bundle.sources.cases },
    { bench: benchFor(read.value.bundle, engineFor, deployment), cases: read.value.cases },
    gathered.grants,
    decisions,
  );
  const opinion = await opinionOn(context, entitlement, found.value, gathered, deployment);
  const all = [...gathered.objections, ...checked.objections, ...opinion.objections];
  if (all.length > 0) return refuse(all, { checked, opinion }, options, out);

  if (options.out !== undefined) writeNew(options.out, patch.text);
  if (options.json) {
    const { statements: _, ...proposal } = found.value;
    const { blind } = gathered.judged;
    out.json({
      ok: true,
      since: gathered.since === null ? null : formatInstant(gathered.since),
      file: patch.file,
      patch: patch.text,
      blind,
      ...proposal,
      checked,
      opinion,
    });
  } else {
    showProposal(id, found.value, checked, opinion, gathered, out);
    if (options.out === undefined) out.print(`\n${patch.text.replace(/\n$/, '')}`);
    else out.print(`\nThe patch is ${plain(options.out)}.`);
    out.print(
      out.paint(
        'dim',
        `# Apply it in ${plain(bundle.opened.folder)}: ${options.out === undefined ? 'valetkey usage propose … --out FILE, and then ' : ''}git apply FILE, or patch -p1 < FILE`,
      ),
    );
  }
  return 0;
}

function showNone(
  { kind, why }: NoProposal,
  { judged }: Gathered,
  { json }: ProposeOptions,
  out: Terminal,
): 0 | 1 {
  const code = kind === 'too-little' ? 1 : 0;
  if (json) out.json({ ok: code === 0, patch: null, kind, why, blind: judged.blind });
  else {
    showBlind(judged.blind, out);
    out.print(plain(`No patch: ${why}.`));
  }
  return code;
}

function refuse(
  objections: readonly string[],
  checks: { readonly checked: Checked; readonly opinion: Opinion },
  { json }: ProposeOptions,
  out: Terminal,
): 1 {
  if (json) out.json({ ok: false, patch: null, kind: 'objections', objections, ...checks });
  else showObjections(objections, out);
  return 1;
}

/** @throws Failure if the file is written in a way that cannot be changed in place. */
function patchOf({ sources, opened }: OpenBundle, id: string, proposal: Proposal) {
  const file = sources.entitlements.find(({ value }) => value.id === id)?.file ?? '';
  const before = opened.files.get(file) ?? '';
  const after = patchEntitlement(file, before, proposal.statements);
  if (!after.ok) {
    const text = JSON.stringify(statementsLeft(proposal), null, 2);
    throw new Failure('failed', `${after.error}.`, `These would be its statements:\n${text}`);
  }
  const files = new Map([...opened.files, [file, after.value]]);
  return { file, files, text: unifiedDiff(file, before, after.value) };
}

function opinionOn(
  { simulator }: ProposeContext,
  entitlement: CompiledEntitlement,
  proposal: Proposal,
  { grants }: Gathered,
  deployment: Deployment,
): Promise<Opinion> {
  const after = { ...entitlement, statements: statementsLeft(proposal) };
  return secondOpinion(simulator(deployment.region), entitlement, after, grants, deployment);
}
