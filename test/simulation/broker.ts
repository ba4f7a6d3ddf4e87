import type { Grant } from '../../core/grant.ts';
import { killGrant } from '../../core/kill/kill-grant.ts';
import { lookAfter } from '../../core/kill/look-after.ts';
import { awaitsKill } from '../../core/lifecycle/end.ts';
import { nextStep, type Step, stepAfter } from '../../core/lifecycle/next-step.ts';
import { mayBeQuarantined } from '../../core/read-quarantine.ts';
import { advance } from '../../core/upkeep/advance.ts';
import { applyBundle } from '../../core/upkeep/apply-bundle.ts';
import { orchestrate } from '../../core/upkeep/orchestrate.ts';
import { sweep } from '../../core/upkeep/sweep.ts';
import { unreliable } from './faults.ts';
import { Crash } from './kernel.ts';
import { memoryKillStore } from './memory-kill-store.ts';
import { readDefinition, StateMachine, TaskError } from './state-machine.ts';
import type { World } from './world.ts';

const DEFINITION = readDefinition();

type Wake =
  | { readonly grantIds: readonly string[] }
  | { readonly role: string; readonly retired?: true };

/** What the broker does without a caller: the workflow and its steps, the stream, and the sweep. */
export class Broker {
  readonly workflow: StateMachine;
  sweepDown = false;
  /** The table refuses task tokens: a permission is missing, or its key is disabled. */
  parksNothing = false;
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
    const { kernel, store } = world;
    const lambdas = {
      '${AdvanceFunctionArn}': (payload: object) => this.twice(() => this.advanceLambda(payload)),
      '${KillFunctionArn}': (payload: object) => this.twice(() => this.killLambda(payload)),
    };
    this.workflow = new StateMachine(kernel, DEFINITION, {
      lambdas,
      park: async (grantId, token) => {
        await kernel.sleep(kernel.between(2, 40));
        if (this.parksNothing) throw new TaskError('DynamoDb.DynamoDbException');
        return store.park(grantId, token);
      },
      spins: (grantId) =>
        world.invariants.fail('section 3', 'the workflow spins', store.grants.get(grantId)),
    });
    kernel.spawn(() => this.readStream());
    kernel.spawn(() => this.sweeps());
  }

  /** Invokes the kill Lambda asynchronously; the invocation may be lost. */
  wake(what: Wake): void {
    const { kernel, weather } = this.world;
    if (kernel.chance() < weather.fails) return;
    kernel.spawn(async () => {
      await kernel.sleep(kernel.between(5, 200));
      if ('grantIds' in what) {
        for (const grantId of what.grantIds) await this.killLambda({ grantId }).catch(swallow);
        return;
      }
      await this.lookAfterRole(what.role, what.retired === true).catch(swallow);
    });
  }

  private async lookAfterRole(role: string, retired: boolean): Promise<void> {
    const { aws, store, kernel } = this.world;
    if (retired && kernel.chance() < 0.5) await this.almostLastKey(role);
    try {
      const done = await lookAfter(this.world.killPorts(), role, retired);
      if (done.ok) this.world.count(`role ${done.value}`);
    } finally {
      // Left behind, although nobody may hear of it. Nobody may miss the policy: every key that it denies
      // must have expired.
      if (aws.broken.has(role) && !store.switches.has(role)) aws.policies.delete(role);
    }
  }

  /** A look that begins while the last key still lives, and finds nothing to deny any more in its middle. */
  private async almostLastKey(role: string): Promise<void> {
    const { kernel, store } = this.world;
    const denied = await memoryKillStore(store).denied(role);
    const last = Math.max(0, ...(denied.ok ? denied.value : []).map(({ until }) => until));
    if (last > kernel.now) await kernel.sleep(last - kernel.now - kernel.between(0, 120));
  }

  wakeAll(grants: readonly Grant[]): void {
    this.wake({ grantIds: grants.filter(awaitsKill).map(({ id }) => id) });
  }

  /** A step of the workflow, which may run twice, even at the same time. */
  private async twice(step: () => Promise<Step>): Promise<Step> {
    const { kernel, weather } = this.world;
    if (kernel.chance() < weather.fails) {
      this.world.count('step ran twice');
      kernel.spawn(() => step().catch(swallow));
    }
    return step();
  }

  private async advanceLambda(payload: {
    readonly grantId?: string;
    readonly last?: boolean;
    readonly step?: Step;
  }): Promise<Step> {
    const ports = this.world.ports();
    const advanced = await advance(ports, payload.grantId ?? '', 'workflow');
    if (!advanced.ok) throw new TaskError('Retryable');
    const { grant, held } = advanced.value;
    const step = stepAfter(payload.step, nextStep(grant, ports.clock(), held));
    if (payload.last && step.phase !== 'over') throw new TaskError('MoreToDo');
    return step;
  }

  private async killLambda({
    grantId = '',
    step,
  }: {
    readonly grantId?: string;
    readonly step?: Step;
  }): Promise<Step> {
    const ports = this.world.killPorts();
    const done = await killGrant(ports, grantId, 'workflow');
    if (!done.ok) throw new TaskError('Retryable');
    const held = await mayBeQuarantined(ports);
    return stepAfter(step, nextStep(done.value, ports.clock(), held));
  }

  /** Delivers the stream in order: again after a failure, and sometimes twice. */
  private async readStream(): Promise<void> {
    const { kernel, weather, store, stream } = this.world;
    const failed = new Error('Throttling');
    const count = (fault: string) => this.world.countFault(`stream: ${fault}`);
    const workflow = {
      start: async (step: Step) => this.workflow.start(step),
      signal: async (token: string, step: Step) => this.workflow.signal(token, step),
    };
    const tokens = { parkedToken: async (id: string) => store.parked.get(id) ?? null };
    const ports = {
      workflow: unreliable(kernel, weather, workflow, () => failed, count),
      parkedToken: unreliable(kernel, weather, tokens, () => failed, count).parkedToken,
      clock: () => kernel.now,
    };
    for (;;) {
      const record = stream[0];
      if (record === undefined) {
        await new Promise<void>((arrived) => {
          this.world.onRecord = arrived;
        });
        continue;
      }
      await kernel.sleep(kernel.between(20, 200));
      try {
        await orchestrate(ports, record);
        if (kernel.chance() >= weather.loses) stream.shift();
      } catch (error) {
        if (error !== failed && !(error instanceof Crash)) throw error;
      }
    }
  }

  /** Sweeps every two minutes, or less often while nothing is due. */
  private async sweeps(): Promise<void> {
    const { kernel, store } = this.world;
    for (;;) {
      const due = await store.grantStore(() => kernel.now).due(Number.POSITIVE_INFINITY, 1);
      const first = due.ok ? due.value[0] : undefined;
      const idle = first === undefined && store.freezes.size === 0;
      await kernel.sleep(idle ? 600_000 : 120_000);
      if (this.sweepDown) continue;
      await this.sweepOnce().catch(swallow);
    }
  }

  private async sweepOnce(): Promise<void> {
    const { world } = this;
    const ports = {
      ...world.principalPorts(),
      applied: world.store.appliedStore(),
      kills: world.unreliableStore(memoryKillStore(world.store)),
      wakeKillSwitch: async (what: Wake) => this.wake(what),
    };
    const swept = await sweep(ports, 'sweep');
    if (swept.ok && swept.value.repaired.length > 0) world.count('sweep repaired');
    if (swept.ok && world.isOrdinary()) {
      world.count('sweep without a fault');
      world.invariants.onSwept(swept.value);
    }
    const applied = await applyBundle(ports, 'sweep');
    if (applied.ok) this.wakeAll(applied.value.ended);
  }
}

function swallow(error: unknown): Step {
  if (error instanceof Crash || error instanceof TaskError) return undefined as unknown as Step;
  throw error;
}
