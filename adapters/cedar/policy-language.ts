import type { DetailedError, PolicyJson, ValidationError } from '@cedar-policy/cedar-wasm/web';
import type {
  EntityReference,
  ParsedPolicy,
  PolicyLanguage,
  PolicyMistake,
} from '../../core/bundle/policy-language.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Cedar } from './cedar.ts';
import { describeMistake } from './describe-mistake.ts';
import { mentionsIn } from './mentions.ts';
import { cedarEngine } from './policy-engine.ts';
import { headOf } from './policy-head.ts';
import { excessIn } from './policy-limits.ts';

/** Cedar's parser and strict validator, behind the port of the bundle compiler. */
export function cedarLanguage(cedar: Cedar): PolicyLanguage {
  return {
    parse: (text) => parse(cedar, text),
    validate: (schema, policies) => validate(cedar, schema, policies),
    warnings: (schema, policies) => warnings(cedar, schema, policies),
    engineFor: (bundle, report) => cedarEngine(cedar, bundle, report),
  };
}

function parse(
  cedar: Cedar,
  text: string,
): Result<readonly ParsedPolicy[], readonly PolicyMistake[]> {
  const excess = excessIn(text);
  if (excess !== null) return err([excess]);
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === 'failure') return err(mistakesOf(parts.errors.map(unplaced)));
  const [template] = parts.policy_templates;
  if (template !== undefined) {
    const message =
      'policy templates are not supported; name an entity instead of ?principal or ?resource';
    return err([{ offset: text.indexOf(template), message }]);
  }
  const policies: ParsedPolicy[] = [];
  for (const source of parts.policies) {
    const parsed = cedar.policyToJson(source);
    if (parsed.type === 'failure') {
      const start = text.indexOf(source);
      return err(
        mistakesOf(parsed.errors.map(unplaced)).map(({ offset, message }) => ({
          offset: start + offset,
          message,
        })),
      );
    }
    policies.push(describe(source, parsed.json));
  }
  return ok(policies.toSorted((a, b) => text.indexOf(a.text) - text.indexOf(b.text)));
}

function validate(
  cedar: Cedar,
  schema: string,
  policies: Readonly<Record<string, string>>,
): readonly (PolicyMistake & { readonly policyId: string })[] {
  const answer = cedar.validate({ schema, policies: { staticPolicies: policies } });
  if (answer.type === 'failure') {
    return mistakesOf(answer.errors.map((error) => ({ where: { policyId: '' }, error })));
  }
  return mistakesOf(answer.validationErrors.map(placed));
}

function warnings(
  cedar: Cedar,
  schema: string,
  policies: Readonly<Record<string, string>>,
): ReturnType<PolicyLanguage['warnings']> {
  const answer = cedar.validate({ schema, policies: { staticPolicies: policies } });
  if (answer.type === 'failure') return [];
  return answer.validationWarnings.flatMap((warning) => {
    const never = IMPOSSIBLE.test(warning.error.message);
    return mistakesOf([placed(warning)]).map((mistake) => ({ ...mistake, never }));
  });
}

/** Cedar's other warnings are about texts that look like others. */
const IMPOSSIBLE = /policy is impossible|unable to find an applicable action/;

function describe(text: string, json: PolicyJson): ParsedPolicy {
  return {
    effect: json.effect,
    // An annotation without a value is null in Cedar's JSON.
    annotations: Object.fromEntries(
      Object.entries(json.annotations ?? {}).map(([name, value]) => [name, value ?? '']),
    ),
    references: referencesIn(json),
    mentions: mentionsIn(json.conditions),
    head: headOf(json),
    text,
  };
}

/** Every entity that the policy names, in its head or in a clause. */
function referencesIn(value: unknown): readonly EntityReference[] {
  if (typeof value !== 'object' || value === null) return [];
  if (isReference(value)) return [{ type: value.type, id: value.id }];
  return Object.values(value).flatMap(referencesIn);
}

function isReference(value: object): value is EntityReference {
  return (
    'type' in value &&
    'id' in value &&
    typeof value.type === 'string' &&
    typeof value.id === 'string'
  );
}

const placed = ({ policyId, error }: ValidationError) => ({ where: { policyId }, error });
const unplaced = (error: DetailedError) => ({ where: {}, error });

/** In our words; the same mistake in several actions is one, with all of them. */
function mistakesOf<Where extends object>(
  errors: readonly { readonly where: Where; readonly error: DetailedError }[],
): readonly (PolicyMistake & Where)[] {
  const found = new Map<
    string,
    { readonly where: Where; readonly offset: number; text: string; about: Set<string> }
  >();
  for (const { where, error } of errors) {
    const [place] = error.sourceLocations ?? [];
    const said = { message: error.message, help: error.help ?? '', label: place?.label ?? '' };
    const { text, about } = describeMistake(said);
    const offset = place?.start ?? 0;
    const key = JSON.stringify([where, offset, text]);
    const same = found.get(key) ?? { where, offset, text, about: new Set() };
    found.set(key, same);
    same.about.add(about);
  }
  return [...found.values()]
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ where, offset, text, about }) => ({
      ...where,
      offset,
      message: text.replace('{}', [...about].toSorted().join(', ')),
    }));
}
