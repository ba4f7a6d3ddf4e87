import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { METRICS } from '../../core/metrics.ts';
import { verifierKey } from '../../core/signed-note.ts';
import { alarmsOf, ringing, type Seen } from '../support/alarm-evaluation.ts';
import { resources } from '../support/broker-template.ts';
import { appSynth } from '../support/synth.ts';
import { FAULTS, ROUTINE } from './alarms/faults.ts';
import { type Faulty, startFaulty, WITNESS } from './alarms/faulty.ts';

/** Every alarm of the template is fired by the fault that it is for, and by no routine work. */

let template: Template;
let folder: string;
let faulty: Faulty;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-alarms-'));
  const config = join(folder, 'valetkey.yaml');
  const witness = { url: 'https://witness.example/w', vkey: verifierKey(WITNESS, 'cosignature') };
  const slack = { botToken: '/token', routes: [{ channel: 'C0APPROVERS' }] };
  const optional = {
    ...{ chat: { slack }, delivery: {}, ledger: { witnesses: [witness] } },
    backups: { plan: { restoreTests: true } },
    usage: { logs: { bucket: 'acme-logs' } },
  };
  writeFileSync(config, JSON.stringify(optional));
  const synthesis = await appSynth({ config });
  if (!synthesis.succeeded) throw new Error(synthesis.output);
  template = Template.fromJSON(JSON.parse(synthesis.template) as object);
  faulty = await startFaulty();
}, 300_000);
afterAll(async () => {
  await faulty.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => faulty.mend());

/** With the heartbeats of everything that the fault did not touch. */
function withHeartbeats(seen: Seen): Seen {
  const { lines = {}, ...rest } = seen;
  const beat = (metric: string) => ({
    _aws: {
      CloudWatchMetrics: [
        { Namespace: 'ValetKey', Dimensions: [['service']], Metrics: [{ Name: metric }] },
      ],
    },
    [metric]: 0,
  });
  return {
    ...rest,
    lines: { sweep: [beat('SweepFound')], ledger: [beat('LedgerRounds')], ...lines },
  };
}

test('there is a fault for every alarm, and an alarm for every fault', () => {
  expect(Object.keys(FAULTS).toSorted()).toEqual([...alarmsOf(template).keys()].toSorted());
});

test.each(Object.entries(FAULTS))('the alarm %s is fired by its fault', async (name, fault) => {
  const seen = withHeartbeats(await fault(faulty));
  expect(ringing(template, seen)).toContain(name);
});

test('a day of routine work rings nothing', async () => {
  const lines: Record<string, readonly Record<string, unknown>[]> = {};
  const aws: Record<string, number> = {};
  for (const work of ROUTINE) {
    faulty.mend();
    const seen = await work(faulty);
    for (const [lambda, written] of Object.entries(seen.lines ?? {})) {
      lines[lambda] = [...(lines[lambda] ?? []), ...written];
    }
    Object.assign(aws, seen.aws);
  }
  expect(Object.keys(lines).length).toBeGreaterThan(5);
  expect(ringing(template, { lines, aws })).toEqual([]);
});

test('without any word of them, the sweep and the ledger are silent', () => {
  expect(ringing(template, {}).toSorted()).toEqual(['LedgerSilent', 'SweepSilent']);
});

describe('every alarm', () => {
  test('has its row in the table of runbooks, and no other alarm has', () => {
    const rows = readFileSync('docs/runbooks/README.md', 'utf8')
      .split('\n')
      .filter((line) => /^\| alarms? /.test(line));
    const named = rows.flatMap((row) =>
      Array.from(row.matchAll(/`([A-Z]\w+)`/g), ([, name]) => name),
    );
    expect(named.toSorted()).toEqual([...alarmsOf(template).keys()].toSorted());
  });

  test('notifies the security topic and names a runbook that tells of it', () => {
    for (const [name, { AlarmActions, AlarmDescription }] of alarmsOf(template)) {
      expect(AlarmActions).toEqual([{ Ref: expect.stringMatching(/^EventsSecurity/) }]);
      const [page = ''] = /docs\/runbooks\/[a-z-]+\.md$/.exec(String(AlarmDescription)) ?? [];
      expect([name, readFileSync(page, 'utf8').includes(`\`${name}\``)]).toEqual([name, true]);
    }
  });
});

test('the dashboard answers four questions, with metrics that the broker writes', () => {
  const [board] = Object.values(resources(template, 'AWS::CloudWatch::Dashboard'));
  const body = JSON.stringify(board?.Properties['DashboardBody']);
  const questions = Array.from(body.matchAll(/## ([^"\\]+)/g), ([, question]) => question);
  expect(questions).toEqual([
    ...['Are vends served?', 'Do kills work, and how fast?', 'What waits?'],
    'Who is being refused?',
  ]);
  const own = Array.from(body.matchAll(/\[\\+"ValetKey\\+",\\+"(\w+)/g), ([, name = '']) => name);
  const searched = Array.from(body.matchAll(/MetricName=\\+"(\w+)/g), ([, name = '']) => name);
  for (const name of [...own, ...searched]) expect(Object.keys(METRICS)).toContain(name);
  expect(own).toEqual(expect.arrayContaining(['Vends', 'VendFailed', 'KillSeconds', 'LedgerLag']));
  expect(searched).toEqual(['VendFailures', 'Requests', 'TokensRefused', 'Throttled']);
});

describe('what the alarms watch', () => {
  test('is what the Lambdas write: namespace and service', () => {
    for (const [id, { Properties }] of Object.entries(
      resources(template, 'AWS::Lambda::Function'),
    )) {
      const { Variables } = Properties['Environment'] as {
        readonly Variables: Readonly<Record<string, string>>;
      };
      expect(Variables['POWERTOOLS_METRICS_NAMESPACE']).toBe('ValetKey');
      expect(id).toMatch(new RegExp(`^${Variables['POWERTOOLS_SERVICE_NAME']}Function`));
    }
  });

  test('is where Lambda puts what it gave up', () => {
    const mappings = Object.values(resources(template, 'AWS::Lambda::EventSourceMapping'));
    const queues = mappings.flatMap(({ Properties }) =>
      Array.from(
        JSON.stringify(Properties['DestinationConfig'] ?? {}).matchAll(/"(\w+)","Arn"/g),
        ([, id = '']) => id,
      ),
    );
    expect(queues).toHaveLength(2);
    for (const name of ['PublishGaveUp', 'OrchestrateGaveUp']) {
      const [queue] = Array.from(
        JSON.stringify(alarmsOf(template).get(name)?.['Dimensions']).matchAll(
          /"(\w+)","QueueName"/g,
        ),
        ([, id = '']) => id,
      );
      expect(queues).toContain(queue);
    }
  });
});
