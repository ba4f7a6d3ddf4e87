import { Template } from 'aws-cdk-lib/assertions';
import { appSynth } from './synth.ts';

/**
 * The template of the broker's stack with the example bundle, and functions that find things in it.
 */

export type Resource = {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
};

export type Statement = {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
};

export type Templates = { readonly broker: Template; readonly state: Template };

/** What may be made anew, and what must survive it. */
export async function brokerTemplates(): Promise<Templates> {
  const { succeeded, output, templates } = await appSynth();
  if (!succeeded) throw new Error(output);
  const of = (id: string) => Template.fromJSON(JSON.parse(templates[id] ?? '') as object);
  return { broker: of('ValetKey'), state: of('ValetKeyState') };
}

export function resources(template: Template, type: string): Readonly<Record<string, Resource>> {
  return template.findResources(type) as Readonly<Record<string, Resource>>;
}

/** The only resource of its type. */
export function only(template: Template, type: string): Resource {
  const [resource, ...others] = Object.values(resources(template, type));
  if (resource === undefined || others.length > 0) throw new Error(`not exactly one ${type}`);
  return resource;
}

/**
 * The statements of every role, by the first word of its logical id in lower case: `vend`,
 * `workflow`, …
 */
export function statementsByRole(template: Template): ReadonlyMap<string, readonly Statement[]> {
  const statements = new Map<string, readonly Statement[]>();
  for (const { Properties } of Object.values(resources(template, 'AWS::IAM::Policy'))) {
    const roles = Properties['Roles'] as readonly (string | { readonly Ref: string })[];
    const document = Properties['PolicyDocument'] as { readonly Statement: readonly Statement[] };
    for (const role of roles) {
      const name = nameOf(role);
      statements.set(name, [...(statements.get(name) ?? []), ...document.Statement]);
    }
  }
  return statements;
}

/** Roles that are made elsewhere are named `<stack name>-vend` and the like. */
function nameOf(role: string | { readonly Ref: string }): string {
  if (typeof role === 'string') return role.split('-').at(-1) ?? '';
  return role.Ref.replace(/Role[0-9A-F]{8}$/, '').toLowerCase();
}

export function actionsOf(statements: readonly Statement[]): readonly string[] {
  return statements.flatMap(({ Action }) => Action).toSorted();
}
