import { ownersOf, publicIssuer } from '../bundle/public-issuers.ts';
import type { Issuer } from '../issuer.ts';
import { pathOf } from '../read-claim.ts';
import { type Condition, type Leaf, proves, type Subject } from './condition.ts';

/** Whether a policy can apply to a principal of the issuer, as far as its conditions about principals say. */
export function fits(condition: Condition, issuer: Issuer): boolean {
  return !proves(condition, (leaf, truth) => isOfAnother(leaf, truth, issuer));
}

/**
 * Whether the condition, being true (or false), says whose the issuer's principals are, or that they are none of
 * the issuer's: by an id that is never reassigned, or with `names`, also by a name that belongs to one owner.
 */
export function pins(
  condition: Condition,
  issuer: Issuer,
  { truth = true, names = false }: { readonly truth?: boolean; readonly names?: boolean } = {},
): boolean {
  const proof = (leaf: Leaf, holds: boolean) =>
    isOfAnother(leaf, holds, issuer) || (holds && saysWhose(leaf, issuer, names));
  return proves(condition, proof, truth);
}

/** The claim of the token behind a tag, which the issuer's entry may have given a name of its own. */
export function claimOf(issuer: Issuer, tag: string): string {
  return pathOf(issuer, tag).at(-1) ?? tag;
}

/** The tag that a leaf reads; null where it reads none. */
export function tagOf(leaf: Leaf): string | null {
  if (leaf.kind === 'tagged') return leaf.tag;
  if (leaf.kind !== 'equals' && leaf.kind !== 'like') return null;
  return 'tag' in leaf.subject ? leaf.subject.tag : null;
}

/** Whether a leaf, being true (or false), says that a principal is none of the issuer's. */
export function isOfAnother(leaf: Leaf, truth: boolean, issuer: Issuer): boolean {
  switch (leaf.kind) {
    case 'is':
      return (leaf.type === `ValetKey::${issuer.type}`) !== truth;
    case 'among':
      return truth && leaf.named.every(({ id }) => !id.startsWith(`${issuer.id}:`));
    case 'equals':
      if (isIssuer(leaf.subject)) return leaf.values.includes(issuer.id) !== truth;
      return truth && lacks(issuer, leaf);
    case 'like':
      if (isIssuer(leaf.subject)) return matches(leaf.parts, issuer.id) !== truth;
      return truth && lacks(issuer, leaf);
    case 'tagged':
      return truth && lacks(issuer, leaf);
    case 'other':
      return false;
  }
}

function isIssuer(subject: Subject): boolean {
  return 'attribute' in subject;
}

/** A tag that the issuer does not list is never there. */
export function lacks(issuer: Issuer, leaf: Leaf): boolean {
  const tag = tagOf(leaf);
  return tag !== null && !(issuer.tags ?? []).includes(tag);
}

function saysWhose(leaf: Leaf, issuer: Issuer, names: boolean): boolean {
  if (leaf.kind === 'among') return true;
  const tag = tagOf(leaf);
  if (tag === null) return false;
  const claim = claimOf(issuer, tag);
  const owners = ownersOf(issuer);
  if (leaf.kind === 'equals') {
    return owners.includes(claim) || (names && isName(issuer, claim));
  }
  return names && leaf.kind === 'like' && isName(issuer, claim) && namesOwner(leaf.parts);
}

/** Whether a claim is the name of an owner: of one whose id is known to be another claim. */
function isName(issuer: Issuer, claim: string): boolean {
  const id = publicIssuer(issuer)?.names[claim];
  return id !== undefined && ownersOf(issuer).includes(id);
}

/** Whether a pattern spells a whole owner out before its first wildcard: `acme/…`, `repo:acme/…`. */
function namesOwner([start = '']: readonly string[]): boolean {
  return /[^/:]\/|[^:]:[^:]+:/.test(start);
}

function matches(parts: readonly string[], text: string): boolean {
  const escaped = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`).test(text);
}

/** Whether the issuer's entry itself accepts only tokens of owners that it lists, by their ids or names. */
export function acceptsOwnersOnly(issuer: Issuer): boolean {
  const { when } = issuer;
  if (when === undefined) return false;
  const claim = claimOf(issuer, when.claim);
  return ownersOf(issuer).includes(claim) || isName(issuer, claim);
}
