import { STATE_ROLES, type State } from './state-schema.ts';

/** The part of a configuration that `secondRegion` and `standby` have to do with. */
type Deployment = {
  readonly region?: string | undefined;
  readonly secondRegion?: string | undefined;
  readonly standby: boolean;
  readonly state: State;
  readonly ledger: { readonly origin?: string | undefined };
  readonly domain?: { readonly hostedZone?: unknown } | undefined;
  readonly targets: readonly unknown[];
  readonly backups: { readonly plan?: unknown };
};

type Mistake = { readonly path: readonly string[]; readonly message: string };

/** What a configuration with two Regions lacks, or has too much of. */
export function regionMistakes(config: Deployment): readonly Mistake[] {
  return [
    ...(config.secondRegion === undefined ? [] : mistakesOfFirst(config, config.secondRegion)),
    ...(config.standby ? mistakesOfStandby(config) : []),
  ];
}

function mistakesOfFirst(config: Deployment, secondRegion: string): readonly Mistake[] {
  const { region, standby, state } = config;
  const mistakes: Mistake[] = [];
  const complain = (path: readonly string[], message: string) => mistakes.push({ path, message });
  if (region === undefined) complain(['region'], 'is missing; with secondRegion, name the first');
  if (region === secondRegion) complain(['secondRegion'], 'is the Region of the broker itself');
  if (standby) complain(['secondRegion'], 'belongs into the file of the Region that works');
  // Its type cannot change after it was made (AWS KMS Developer Guide, "Multi-Region keys in AWS KMS").
  if (state.ledger !== undefined && !state.ledger.keyArn.includes(':key/mrk-')) {
    const message =
      'is not a multi-Region key, and no key can become one; the log cannot move to another Region';
    complain(['state', 'ledger', 'keyArn'], message);
  }
  return mistakes;
}

/** A standby that made anything of the state by itself would begin with nothing: no grant, no suspension, no deny. */
function mistakesOfStandby(config: Deployment): readonly Mistake[] {
  const { region, state, ledger, domain, targets, backups } = config;
  const mistakes: Mistake[] = [];
  const complain = (path: readonly string[], message: string) => mistakes.push({ path, message });
  if (region === undefined) complain(['region'], 'is missing; a standby has to name its own');
  for (const [part, arn] of [
    ['table', state.table?.streamArn],
    ['ledger', state.ledger?.keyArn],
  ] as const) {
    const path = ['state', part];
    if (arn === undefined) complain(path, 'is missing; a standby makes no state');
    else if (region !== undefined && arn.split(':')[3] !== region) {
      complain(path, `is in ${arn.split(':')[3]}, and the standby in ${region}`);
    }
  }
  if (STATE_ROLES.some((role) => !state.roles.includes(role))) {
    const message = `is not [${STATE_ROLES.join(', ')}]; the roles are those of the first Region, which targets trust`;
    complain(['state', 'roles'], message);
  }
  if (ledger.origin === undefined) {
    const message = 'is missing; the log keeps the name that it has in the first Region';
    complain(['ledger', 'origin'], message);
  }
  if (domain?.hostedZone !== undefined) {
    const message = 'belongs into neither file; with two Regions, the record is yours to move';
    complain(['domain', 'hostedZone'], message);
  }
  if (backups.plan !== undefined) {
    const message = 'has nothing to back up in a standby; add it when it takes over';
    complain(['backups', 'plan'], message);
  }
  if (targets.length > 0) complain(['targets'], 'belongs into the file of the first Region');
  return mistakes;
}
