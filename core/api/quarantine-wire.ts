import { formatInstant } from '../instant.ts';
import type { InForce } from '../quarantine.ts';
import type { Json } from './wire.ts';

/** The type of the problem document of a call that is refused because of it. */
export const QUARANTINE_PROBLEM = 'urn:valetkey:problem:quarantine';

/** The quarantine as callers see it: without the marks that tell people apart. */
export function quarantineJson({ cause, at, by, reason, release, deployed }: InForce): Json {
  const asked = release && { by: { ...release.by }, at: formatInstant(release.at) };
  const since = at === null ? null : formatInstant(at);
  return { cause, since, by: by === 'broker' ? by : { ...by }, reason, release: asked, deployed };
}

export function quarantineStateJson(quarantine: InForce | null): Json {
  return { quarantine: quarantine && quarantineJson(quarantine) };
}
