import type { Grant } from '../../core/grant.ts';
import type { Trail } from '../../core/usage/trail.ts';
import type { KeptUsage } from '../../core/usage/usage-store.ts';
import { spanOf } from '../../core/usage/window-of.ts';
import type { ActionUse, GrantUsage } from '../../core/usage.ts';
import { NOW } from './sample-grants.ts';

/** What was called under a grant, as it is read and as it is kept. */

/** It records the management events of everybody. */
export const TRAIL: Trail = {
  ...{ name: 'all', account: null, regions: null, logging: true, management: 'all' },
  since: 0,
  ...{ leftOut: [], data: [], notUnderstood: [] },
};

export function actionUse(action: string, changes: Partial<ActionUse> = {}): ActionUse {
  return {
    ...{ action, calls: 3, refused: 0, first: NOW, last: NOW + 60_000 },
    ...{ regions: ['eu-central-1'], via: [], otherResources: 0, unnamedCalls: 0 },
    resources: [{ resource: 'arn:aws:s3:::acme/releases/1/app.tgz', calls: 3, refused: 0 }],
    ...changes,
  };
}

export function grantUsage(grant: Grant, changes: Partial<GrantUsage> = {}): GrantUsage {
  return {
    ...{ grantId: grant.id, entitlement: grant.entitlement, principal: grant.requester.id },
    ...{ vends: 1, calls: 3, refused: 0, first: NOW, last: NOW + 60_000 },
    ...{ actions: [actionUse('s3:GetObject')], unmapped: [] },
    traits: {
      networks: [{ network: '192.0.2.0/24', calls: 3, refused: 0 }],
      agents: [{ agent: 'aws-cli', calls: 3, refused: 0 }],
      ...{ chained: [], refusedBurst: 0, afterEnd: { calls: 0, refused: 0, last: null } },
    },
    read: {
      ...{ source: 'files', from: NOW, until: NOW + 900_000, files: 2, records: 40 },
      ...{ bytes: 9000, unreadable: 0, duplicates: 1 },
    },
    ...changes,
  };
}

export function keptUsage(grant: Grant, changes: Partial<KeptUsage> = {}): KeptUsage {
  return {
    ...{ of: spanOf(grant), usage: grantUsage(grant), readAt: NOW, vended: true },
    logs: { accounts: ['000000000000'], regions: null, trails: [TRAIL] },
    ...changes,
  };
}
