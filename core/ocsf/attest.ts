import { canonicalJson } from '../canonical-json.ts';
import { sha256 } from '../ids.ts';
import type { Fields } from './body.ts';

/** Where the ledger has the event. */
export type LedgerPlace = {
  readonly origin: string;
  readonly index: number;
  /** The leaf's hash (RFC 9162), in base64 as proofs have it. */
  readonly leafHash: string;
};

/**
 * Adds the profile `record_integrity`: the hash of the whole event in canonical JSON (RFC 8785), without that
 * hash itself. It covers `unmapped.ledger`, which leads to the signed checkpoint.
 */
export function attest(fields: Fields, { origin, index }: LedgerPlace): Fields {
  const attestation = { uid: String(index), chain_uid: origin, authority_uid: origin };
  const hashed = canonicalJson({ ...fields, attestation_list: [attestation] });
  const fingerprint = {
    algorithm_id: 3,
    algorithm: 'SHA-256',
    encoding_id: 1,
    encoding: 'Hex',
    serialization_id: 2,
    serialization: 'JCS',
    value: sha256(hashed).slice('sha256:'.length),
  };
  return { ...fields, attestation_list: [{ ...attestation, fingerprint }] };
}
