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

export async function brokerTemplate(): Promise<Template> {
  const { succeeded, output, template } = await appSynth();
  if (!succeeded) throw new Error(output);
  return Template.fromJSON(JSON.parse(template) as object);
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
    const roles = Properties['Roles'] as readonly { readonly Ref: string }[];
    const document = Properties['PolicyDocument'] as { readonly Statement: readonly Statement[] };
    for (const { Ref } of roles) {
      const name = Ref.replace(/Role[0-9A-F]{8}$/, '').toLowerCase();
      statements.set(name, [...(statements.get(name) ?? []), ...document.Statement]);
    }
  }
  return statements;
}

export function actionsOf(statements: readonly Statement[]): readonly string[] {
  return statements.flatMap(({ Action }) => Action).toSorted();
}
