import { callerFromClaims } from '../claims.ts';
import { didYouMean } from '../did-you-mean.ts';
import { secondsBetween } from '../instant.ts';
import { type Issuer, subjectClaims, subjectShape } from '../issuer.ts';
import type { Caller, Claims } from '../principal.ts';
import { claimsNamed } from '../read-claim.ts';
import { err, type Result } from '../result.ts';
import type { CaseQuestion } from './cases-file.ts';

/** A mistake in a case; the path is relative to the case. */
export type CaseMistake = { readonly path: readonly PropertyKey[]; readonly message: string };

/** The caller of a case. Its claims are read by the code that reads those of a verified token. */
export function callerOfCase(
  { principal, context }: Pick<CaseQuestion, 'principal' | 'context'>,
  issuers: readonly Issuer[],
): Result<Caller, readonly CaseMistake[]> {
  const issuer = issuers.find(({ id }) => id === principal.issuer);
  if (issuer === undefined) {
    const known = issuers.map(({ id }) => id);
    return wrong(
      'issuer',
      `'${principal.issuer}' is not an issuer of the bundle, which has: ${known.join(', ')}${didYouMean(principal.issuer, known)}`,
    );
  }
  const subject = subjectClaims(issuer, principal.subject);
  if (subject === null) {
    return wrong(
      'subject',
      `is not a subject of issuer '${issuer.id}'; write ${subjectShape(issuer)}`,
    );
  }
  const mistakes = [
    ...claimMistakes(issuer, principal.claims, subject),
    ...groupMistakes(issuer, principal.groups),
    ...mfaMistakes(issuer, context.mfa),
  ];
  if (mistakes.length > 0) return err(mistakes);
  const caller = callerFromClaims(
    issuer,
    claimsNamed(issuer, {
      ...subject,
      ...principal.claims,
      ...(issuer.groups !== undefined && { [issuer.groups[0] ?? '']: principal.groups }),
      ...mfaClaims(issuer, context),
    }),
    context.now,
  );
  return caller.ok ? caller : wrong('subject', caller.error);
}

function claimMistakes(
  issuer: Issuer,
  claims: Claims,
  subject: Readonly<Record<string, string>>,
): readonly CaseMistake[] {
  const told = issuer.when === undefined ? [] : [issuer.when.claim];
  const read = [...(issuer.tags ?? []), issuer.name, ...issuer.subject, ...told];
  return Object.entries(claims).flatMap(([claim, value]) => {
    const path = ['principal', 'claims', claim];
    if (!read.includes(claim)) {
      const tags = (issuer.tags ?? []).join(', ') || 'none';
      const message = `is not read by issuer '${issuer.id}', whose tags are: ${tags}`;
      return [{ path, message }];
    }
    const inSubject = Object.hasOwn(subject, claim) ? subject[claim] : undefined;
    if (inSubject === undefined || inSubject === String(value)) return [];
    return [{ path, message: `contradicts the subject, which has '${inSubject}'; remove it` }];
  });
}

function groupMistakes(issuer: Issuer, groups: readonly string[]): readonly CaseMistake[] {
  if (groups.length === 0) return [];
  const path = ['principal', 'groups'];
  if (issuer.groups === undefined) {
    return [{ path, message: `issuer '${issuer.id}' has no groups; remove them` }];
  }
  const prefix = `${issuer.id}:`;
  return groups.flatMap((group, index) => {
    if (!group.startsWith(prefix)) return [];
    const message = `write '${group.slice(prefix.length)}', without the issuer's id`;
    return [{ path: [...path, index], message }];
  });
}

function mfaMistakes(issuer: Issuer, mfa: boolean): readonly CaseMistake[] {
  if (!mfa || issuer.mfa !== undefined) return [];
  const message = `tokens of issuer '${issuer.id}' cannot show MFA; write mfa: false`;
  return [{ path: ['context', 'mfa'], message }];
}

/** `auth_time` is in seconds (OpenID Connect Core, section 2), so an age has no fraction either. */
function mfaClaims(issuer: Issuer, { mfa, mfaAgeSeconds, now }: CaseQuestion['context']): Claims {
  if (!mfa) return {};
  const signedIn = mfaAgeSeconds === null ? null : secondsBetween(0, now) - mfaAgeSeconds;
  const [method] = issuer.mfa?.amr ?? [];
  const [level] = issuer.mfa?.acr ?? [];
  return {
    ...(method === undefined ? { acr: level } : { amr: [method] }),
    ...(signedIn !== null && { auth_time: signedIn }),
  };
}

function wrong(field: 'issuer' | 'subject', message: string): Result<never, CaseMistake[]> {
  return err([{ path: ['principal', field], message }]);
}
