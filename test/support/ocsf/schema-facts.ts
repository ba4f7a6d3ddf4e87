import { readFileSync } from 'node:fs';
import type { OcsfVersion } from '../../../core/ocsf/classes.ts';

/**
 * Facts of the schema, without its descriptions: of the classes that events become and the objects in them.
 * `facts-1.5.0.json` is from the schema server's export of 1.5.0, `facts-1.9.0.json` from its exports of 1.9.0 and,
 * where those lack a class or object, from its source: github.com/ocsf/ocsf-schema (Apache-2.0), whose CHANGELOG.md
 * has v1.9.0 (3 August 2026) at commit 0026972833736358180778eb1bd5b4cf26eb88f3. Attributes of other profiles than
 * `cloud` and `record_integrity` are left out: no event names those.
 */
export type Facts = {
  readonly version: OcsfVersion;
  readonly classes: Readonly<Record<string, ClassFacts>>;
  readonly objects: Readonly<Record<string, ObjectFacts>>;
};

export type ObjectFacts = {
  readonly constraints?: {
    readonly at_least_one?: readonly string[];
    readonly just_one?: readonly string[];
  };
  /** `required integer_t 0,1,99 @cloud deprecated`: requirement, type, then numbers, profile and deprecation, if any. */
  readonly attributes: Readonly<Record<string, string>>;
};

type ClassFacts = ObjectFacts & {
  readonly uid: number;
  readonly caption: string;
  readonly activities: Readonly<Record<string, string>>;
};

export function factsOf(version: OcsfVersion): Facts {
  return JSON.parse(readFileSync(`test/support/ocsf/facts-${version}.json`, 'utf8')) as Facts;
}

export type Attribute = {
  readonly isRequired: boolean;
  readonly type: string;
  readonly isList: boolean;
  readonly numbers: readonly number[] | null;
  readonly profile: string | null;
  readonly isDeprecated: boolean;
};

export function readAttribute(text: string): Attribute {
  const [requirement, type = '', ...more] = text.split(' ');
  const numbers = more.find((word) => /^\d/.test(word));
  return {
    isRequired: requirement === 'required',
    type: type.replace('[]', ''),
    isList: type.endsWith('[]'),
    numbers: numbers === undefined ? null : numbers.split(',').map(Number),
    profile: more.find((word) => word.startsWith('@'))?.slice(1) ?? null,
    isDeprecated: more.includes('deprecated'),
  };
}
