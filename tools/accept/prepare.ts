import { Cdk, type Place } from './cdk.ts';
import type { Run } from './names.ts';
import { planOf } from './plan.ts';
import { awsIssuer } from './tokens.ts';
import { writeBundle } from './write-bundle.ts';

export type Prepared = {
  readonly cdk: Cdk;
  /** The account's issuer, if it has one already. */
  readonly issuerUrl: string | null;
  /** Whether the run turns outbound federation on, and off again. */
  readonly enables: boolean;
  readonly plan: readonly string[];
};

/** Until the account has an issuer; templates do not depend on its URL. */
const SOME_ISSUER = { issuerUrl: 'https://issuer.example', principal: 'nobody' };

/** Synthesises what would be deployed, and creates nothing. */
export async function prepare(
  run: Run,
  place: Place,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<Prepared> {
  log(`run ${run.id}: reading the account, and synthesising what would be deployed`);
  const known = place.issuerUrl ?? (await awsIssuer());
  writeBundle(run, SOME_ISSUER, { doomed: true, broken: false });
  const cdk = new Cdk(run, place, signal);
  await cdk.synth();
  const enables = known === null;
  return { cdk, issuerUrl: known, enables, plan: planOf(run, cdk.assembly, enables) };
}
