import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { actionsOf, resources, statementsByRole } from '../support/broker-template.ts';
import { appSynth, type Synthesis } from '../support/synth.ts';

/** What `tracing` in `valetkey.yaml` adds to the Lambdas. */

const LAYER = 'arn:aws:lambda:eu-central-1:615299751070:layer:AWSOpenTelemetryDistroJs:13';
const XRAY = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];

const folder = mkdtempSync(join(tmpdir(), 'valetkey-tracing-'));
let all: Synthesis;
let vendOnly: Synthesis;
beforeAll(async () => {
  const synth = (name: string, tracing: string, validated: boolean): Promise<Synthesis> => {
    const config = join(folder, name);
    writeFileSync(config, `tracing: ${tracing}\n`);
    return appSynth({ config }, { validated });
  };
  [all, vendOnly] = await Promise.all([
    synth('all.yaml', `{ active: true, layer: { arn: '${LAYER}' } }`, true),
    synth('vend.yaml', `{ layer: { arn: '${LAYER}', lambdas: [vend] } }`, false),
  ]);
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The names of the Lambdas of which this is true. */
function lambdas(
  { output, template }: Synthesis,
  is: (properties: Readonly<Record<string, unknown>>) => boolean,
): readonly string[] {
  if (template === '') throw new Error(output);
  const functions = resources(Template.fromJSON(JSON.parse(template)), 'AWS::Lambda::Function');
  return Object.entries(functions)
    .filter(([, { Properties }]) => is(Properties))
    .map(([id]) => id.replace(/Function\w*$/, ''))
    .toSorted();
}
const every = (synthesis: Synthesis) => lambdas(synthesis, () => true);
const traced = (synthesis: Synthesis) =>
  lambdas(synthesis, ({ TracingConfig }) => TracingConfig !== undefined);
const layered = (synthesis: Synthesis) =>
  lambdas(synthesis, ({ Layers }) => JSON.stringify(Layers) === JSON.stringify([LAYER]));
const wrapped = (synthesis: Synthesis) =>
  lambdas(synthesis, ({ Environment }) => JSON.stringify(Environment).includes('WRAPPER'));
const sending = ({ template }: Synthesis) =>
  [...statementsByRole(Template.fromJSON(JSON.parse(template)))]
    .filter(([role]) => role !== 'workflow')
    .filter(([, statements]) => JSON.stringify(statements).includes('xray:'));

describe('active tracing', () => {
  test('is that of every Lambda', () => {
    expect(every(all)).toContain('vend');
    expect(traced(all)).toEqual(every(all));
    const active = ({ TracingConfig }: Readonly<Record<string, unknown>>) =>
      JSON.stringify(TracingConfig) === '{"Mode":"Active"}';
    expect(lambdas(all, active)).toEqual(every(all));
  });

  test('lets them send traces to X-Ray and nothing else', () => {
    const roles = sending(all);
    expect(roles.map(([role]) => role).toSorted()).toEqual(every(all));
    for (const [, statements] of roles) {
      expect(actionsOf(statements).filter((action) => action.startsWith('xray:'))).toEqual(XRAY);
    }
  });

  test('passes cdk-nag', () => {
    const { pluginReports } = JSON.parse(all.validation) as { readonly pluginReports: object[] };
    expect(pluginReports).toMatchObject([{ conclusion: 'success', violations: [] }]);
  });
});

describe('a layer', () => {
  test('is in every Lambda but vend', () => {
    const others = every(all).filter((name) => name !== 'vend');
    expect(layered(all)).toEqual(others);
    expect(wrapped(all)).toEqual(others);
  });

  test('is in vend where the operator names it, which is traced then, and no other Lambda is', () => {
    for (const found of [layered, wrapped, traced]) expect(found(vendOnly)).toEqual(['vend']);
    expect(sending(vendOnly).map(([role]) => role)).toEqual(['vend']);
  });

  test('follows the trace of the caller, passes on nothing else of it, and sends no metrics', () => {
    const variables = {
      AWS_LAMBDA_EXEC_WRAPPER: '/opt/otel-instrument',
      OTEL_PROPAGATORS: 'xray,tracecontext',
      OTEL_AWS_APPLICATION_SIGNALS_ENABLED: 'false',
    };
    const template = Template.fromJSON(JSON.parse(vendOnly.template));
    const [, vend] =
      Object.entries(resources(template, 'AWS::Lambda::Function')).find(([id]) =>
        id.startsWith('vendFunction'),
      ) ?? [];
    expect(vend?.Properties['Environment']).toMatchObject({ Variables: variables });
  });
});
