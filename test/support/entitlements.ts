import type { CompiledEntitlement } from '../../core/bundle/bundle.ts';
import type { Entitlement, ParameterSpec } from '../../core/entitlement.ts';

/** An entitlement that did not pass the compiler, for what the core must enforce itself. */
export function entitlement(changes: Partial<Entitlement> = {}): CompiledEntitlement {
  return {
    id: 'e',
    title: 'E',
    risk: 'low',
    labels: [],
    target: 'arn:aws:iam::{{account}}:role/e',
    maxDurationSeconds: 3600,
    sessionDurationSeconds: 3600,
    justification: 'optional',
    parameters: {},
    statements: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::b/*'] }],
    network: 'any',
    chainedRoles: [],
    job: [],
    reviewAfterSeconds: 86_400,
    breakGlass: false,
    hash: 'sha256:e',
    samples: {},
    readsHistory: false,
    readsSignals: false,
    ...changes,
  };
}

export function parameter(pattern: string, maxLength = 128): ParameterSpec {
  return { pattern, maxLength, description: 'A parameter' };
}
