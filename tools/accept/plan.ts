import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bucketName, type Run, stackName, stateStackName, TAG, targetsStackName } from './names.ts';

type Template = { readonly Resources?: Readonly<Record<string, { readonly Type: string }>> };
type Manifest = {
  readonly artifacts: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly displayName?: string;
        readonly properties?: { readonly templateFile?: string; readonly stackName?: string };
      }
    >
  >;
};

/** Everything that the run would create and delete, from the templates that it would deploy. */
export function planOf(run: Run, assembly: string, enables: boolean): readonly string[] {
  const manifest = JSON.parse(readFileSync(join(assembly, 'manifest.json'), 'utf8')) as Manifest;
  const stacks = Object.entries(manifest.artifacts).filter(
    ([, { type }]) => type === 'aws:cloudformation:stack',
  );
  return [
    `Account ${run.account}, Region ${run.region}. Everything carries the tag ${TAG}=${run.id}.`,
    '',
    'It creates, and deletes at the end, also if something fails or you press Ctrl-C:',
    ...stacks.flatMap(([id, { properties }]) => [
      `  the stack ${properties?.stackName ?? id}`,
      ...countsOf(join(assembly, properties?.templateFile ?? `${id}.template.json`)),
    ]),
    `  the bucket ${bucketName(run)} with two small objects`,
    ...(enables
      ? ['  outbound web identity federation of the account: on for the run, off again at the end']
      : []),
    '',
    `It uploads the code of the Lambdas to the bucket of cdk bootstrap, where it stays, as after any deployment.`,
    `KMS deletes the keys of ${stackName(run)} after the waiting time that CloudFormation sets (30 days).`,
    'It deletes nothing that it did not make. It costs a few cents.',
  ];
}

function countsOf(file: string): readonly string[] {
  const { Resources = {} } = JSON.parse(readFileSync(file, 'utf8')) as Template;
  const types = Object.values(Resources).map(({ Type }) => Type.replace('AWS::', ''));
  const counts = Map.groupBy(types.toSorted(), (type) => type);
  return [...counts].map(([type, all]) => `    ${String(all.length).padStart(3)} ${type}`);
}

export function stacksOf(run: Run): readonly string[] {
  // The roles trust those of the broker, so they go first.
  return [targetsStackName(run), stackName(run), stateStackName(run)];
}
