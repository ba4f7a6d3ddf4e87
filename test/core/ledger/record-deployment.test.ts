import { describe, expect, test } from '@jest/globals';
import type { PrincipalEvent } from '../../../core/audit.ts';
import type { Bundle } from '../../../core/bundle/bundle.ts';
import { sourcePath } from '../../../core/ledger/bundle-path.ts';
import { type DeploymentPorts, recordDeployment } from '../../../core/ledger/record-deployment.ts';
import { err, ok } from '../../../core/result.ts';
import { MemoryLedgerFiles } from '../../simulation/memory-ledger.ts';
import { GOVERNED } from '../../support/authorities.ts';
import { unheardFailures } from '../../support/fail-each-call.ts';
import { NOW } from '../../support/sample-grants.ts';

const NO_LEDGER = { code: 'unavailable', what: 'ledger' } as const;

const sourceOf = ({ hash }: Bundle): string => JSON.stringify(['the files of', hash]);
const DEPLOYED = { bundle: GOVERNED, source: sourceOf(GOVERNED) };

class World {
  readonly events: PrincipalEvent[] = [];
  readonly files = new MemoryLedgerFiles();
  hash: string | null = null;
  /** Another one is faster. */
  raced = false;

  ports(): DeploymentPorts {
    return {
      files: this.files.port(),
      clock: () => NOW,
      random: (length) => new Uint8Array(length),
      deployments: {
        last: async () => ok(this.hash),
        record: async (event, hash, before) => {
          if (this.raced || before !== this.hash) return ok(false);
          this.events.push(event);
          this.hash = hash;
          return ok(true);
        },
      },
    };
  }

  deploy(bundle: Bundle) {
    return recordDeployment(this.ports(), { bundle, source: sourceOf(bundle) }, 'r-1');
  }
}

const without = (bundle: Bundle, id: string): Bundle => {
  const { [id]: _, ...policies } = bundle.policies;
  return { ...bundle, hash: 'sha256:next', policies };
};
const [POLICY = ''] = Object.keys(GOVERNED.policies);

describe('a deployment', () => {
  test('leaves its record once, and the bundle as a file', async () => {
    const world = new World();
    expect(await world.deploy(GOVERNED)).toEqual(ok(true));
    expect(await world.deploy(GOVERNED)).toEqual(ok(false));
    expect(world.events).toEqual([
      {
        ...{ id: expect.any(String), principalId: 'broker', type: 'bundle-deployed', at: NOW },
        ...{ actor: 'broker', requestId: 'r-1', sourceIp: null, reason: '' },
        ...{ bundle: GOVERNED.hash, changes: ['the first bundle'] },
        file: expect.stringMatching(/^bundle\/sha256-[0-9a-f]{64}\.json$/),
      },
    ]);
    const [event] = world.events;
    const file = event?.type === 'bundle-deployed' ? event.file : '';
    expect(JSON.parse(String(world.files.files.get(file)))).toEqual(GOVERNED);
  });

  test('keeps the files that the bundle was compiled from, by the hash that decisions record', async () => {
    const world = new World();
    await world.deploy(GOVERNED);
    const kept = world.files.files.get(sourcePath(GOVERNED.hash));
    expect(String(kept)).toBe(sourceOf(GOVERNED));
  });

  test('that a version without sources recorded gets its source afterwards', async () => {
    const world = new World();
    await world.deploy(GOVERNED);
    world.files.files.delete(sourcePath(GOVERNED.hash));
    expect(await world.deploy(GOVERNED)).toEqual(ok(false));
    expect(world.files.files.has(sourcePath(GOVERNED.hash))).toBe(true);
  });

  test('says how the bundle differs from the one before, also back again', async () => {
    const world = new World();
    for (const bundle of [GOVERNED, without(GOVERNED, POLICY), GOVERNED])
      await world.deploy(bundle);
    const changes = world.events.map((event) => 'changes' in event && event.changes);
    expect(changes).toEqual([
      ['the first bundle'],
      [`policy ${POLICY} removed: permit`],
      [`policy ${POLICY} added: permit`],
    ]);
  });

  test('names what is new and says nothing more of itself', async () => {
    const world = new World();
    await world.deploy(GOVERNED);
    const limits = { ...GOVERNED.limits, entitlements: { read: {} } };
    await world.deploy({ ...GOVERNED, limits });
    expect(world.events.at(-1)).toMatchObject({ changes: ['limits entitlements.read added'] });
  });

  test('with very many differences says how many more there are, within an entry', async () => {
    const world = new World();
    const [policy] = Object.values(GOVERNED.policies);
    const many = Object.fromEntries(
      Array.from({ length: 900 }, (_, at) => [`policy-number-${at}`, policy]),
    ) as Bundle['policies'];
    await world.deploy(GOVERNED);
    await world.deploy({ ...GOVERNED, policies: many });
    const last = world.events.at(-1);
    const changes = last !== undefined && 'changes' in last ? last.changes : [];
    const kept = changes.slice(0, -1);
    // All of the new policies, and the one that is gone.
    const all = 900 + Object.keys(GOVERNED.policies).length;
    expect(changes.at(-1)).toBe(`and ${all - kept.length} more changes`);
    expect(Buffer.byteLength(JSON.stringify(changes))).toBeLessThan(13_000);
  });

  test('whose predecessor is in no file is recorded all the same', async () => {
    const world = new World();
    world.hash = 'sha256:lost';
    await world.deploy(GOVERNED);
    expect(world.events).toMatchObject([{ changes: ['the bundle before is not known'] }]);
  });

  test('that another process records at the same time is recorded once', async () => {
    const world = new World();
    world.raced = true;
    expect(await world.deploy(GOVERNED)).toEqual(ok(false));
    expect(world.events).toEqual([]);
  });

  test('fails with any call that fails, and is recorded by the next run', async () => {
    const begin = async () => {
      const world = new World();
      await world.deploy(without(GOVERNED, POLICY));
      return world.ports();
    };
    const deploy = (ports: DeploymentPorts) => recordDeployment(ports, DEPLOYED, 'r');
    expect(await unheardFailures(begin, deploy)).toEqual([]);
  });

  test.each(['create', 'read'] as const)(
    'is not recorded where a file cannot be %sd',
    async (call) => {
      const world = new World();
      await world.deploy(without(GOVERNED, POLICY));
      const ports = world.ports();
      const files = { ...ports.files, [call]: async () => err(NO_LEDGER) };
      expect(await recordDeployment({ ...ports, files }, DEPLOYED, 'r')).toEqual(err(NO_LEDGER));
      expect(world.events).toHaveLength(1);
    },
  );
});
