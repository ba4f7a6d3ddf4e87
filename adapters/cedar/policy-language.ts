import type { DetailedError, PolicyJson } from '@cedar-policy/cedar-wasm/web';
import type {
  EntityReference,
  ParsedPolicy,
  PolicyLanguage,
  PolicyMistake,
} from '../../core/bundle/policy-language.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Cedar } from './cedar.ts';
import { mentionsIn } from './mentions.ts';
import { cedarEngine } from './policy-engine.ts';
import { headOf } from './policy-head.ts';

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
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === 'failure') return err(parts.errors.map(mistake));
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
        parsed.errors
          .map(mistake)
          .map(({ offset, message }) => ({ offset: start + offset, message })),
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
    return answer.errors.map((error) => ({ ...mistake(error), policyId: '' }));
  }
  return answer.validationErrors.map(({ policyId, error }) => ({ ...mistake(error), policyId }));
}

function warnings(
  cedar: Cedar,
  schema: string,
  policies: Readonly<Record<string, string>>,
): readonly (PolicyMistake & { readonly policyId: string })[] {
  const answer = cedar.validate({ schema, policies: { staticPolicies: policies } });
  if (answer.type === 'failure') return [];
  return answer.validationWarnings.map(({ policyId, error }) => ({ ...mistake(error), policyId }));
}

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

function mistake(error: DetailedError): PolicyMistake {
  const [place] = error.sourceLocations ?? [];
  // The caller adds the id of the policy.
  const message = error.message.replace(/^for policy `[^`]*`, /, '');
  const parts = [message, place?.label, error.help].filter((part) => (part ?? '') !== '');
  return { offset: place?.start ?? 0, message: parts.join('; ') };
}
