import {
  type CloudTrailClient,
  type Trail as DescribedTrail,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import type { Unavailable } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Trail } from '../../core/usage/trail.ts';
import type { LogPlace } from '../../core/usage/trail-place.ts';
import { trailOf } from '../../core/usage/trail-settings.ts';
import type { TrailReader } from '../../core/usage/usage-ports.ts';
import { isDenied, lackingPermission, nameOf } from './explain-error.ts';

export type TrailClients = {
  readonly in: (region: string) => CloudTrailClient;
  /** Where calls may have been made: a trail of one Region is seen in no other. */
  readonly regions: readonly string[];
  /** Where logs are read: what trails write elsewhere is not seen. Null where that is not known. */
  readonly place: LogPlace | null;
  /** Tells the operator why there is no answer: the permission that is missing, or what is wrong. */
  readonly report: (why: string) => void;
};

const UNAVAILABLE: Unavailable = { code: 'unavailable', what: 'cloudtrail' };

/**
 * The trails of the account, and of its organisation, that record in the Regions, as their settings say. Needs
 * `cloudtrail:DescribeTrails`, `cloudtrail:GetTrailStatus` and `cloudtrail:GetEventSelectors`. One trail that cannot be
 * asked makes all unavailable: what it records is not known.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html for shadow trails
 */
export function cloudTrails(clients: TrailClients): TrailReader {
  return {
    trails: async () => {
      try {
        const found = new Map<string, DescribedTrail>();
        for (const region of clients.regions) {
          for (const one of await describe(clients.in(region))) found.set(one.TrailARN ?? '', one);
        }
        return await settingsOf(clients, [...found.values()]);
      } catch (error) {
        clients.report(why(error));
        return err(UNAVAILABLE);
      }
    },
  };
}

async function settingsOf(
  clients: TrailClients,
  described: readonly DescribedTrail[],
): Promise<Result<readonly Trail[], Unavailable>> {
  const trails: Trail[] = [];
  for (const one of described) {
    // Only the home Region knows what the trail is set to.
    const client = clients.in(one.HomeRegion ?? '');
    const name = one.TrailARN ?? '';
    const status = await asked('GetTrailStatus', () =>
      client.send(new GetTrailStatusCommand({ Name: name })),
    );
    const selectors = await asked('GetEventSelectors', () =>
      client.send(new GetEventSelectorsCommand({ TrailName: name })),
    );
    const trail = trailOf(one, selectors, status, clients.place);
    if (!trail.ok) {
      clients.report(trail.error);
      return err(UNAVAILABLE);
    }
    trails.push(trail.value);
  }
  return ok(trails);
}

async function describe(client: CloudTrailClient): Promise<readonly DescribedTrail[]> {
  const { trailList } = await asked('DescribeTrails', () =>
    client.send(new DescribeTrailsCommand({ includeShadowTrails: true })),
  );
  // An answer without a list is not one of no trails.
  if (trailList === undefined) throw new Refused('DescribeTrails', new Error('no list'));
  return trailList;
}

class Refused extends Error {
  readonly operation: string;

  constructor(operation: string, cause: unknown) {
    super(operation, { cause });
    this.operation = operation;
  }
}

async function asked<T>(operation: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw new Refused(operation, error);
  }
}

function why(error: unknown): string {
  if (!(error instanceof Refused)) return nameOf(error);
  const { operation, cause } = error;
  return isDenied(cause)
    ? `the credentials need ${lackingPermission(cause, `cloudtrail:${operation}`)}`
    : `${operation} failed (${nameOf(cause)})`;
}
