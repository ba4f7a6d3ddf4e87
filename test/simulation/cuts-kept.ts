import { sourceIdentity } from '../../core/session.ts';
import type { Aws, Session } from './aws.ts';
import type { Kernel } from './kernel.ts';
import type { Fail } from './limits-kept.ts';
import type { MemoryStore } from './memory-store.ts';

type Observed = { readonly kernel: Kernel; readonly aws: Aws; readonly store: MemoryStore };

/** A cutoff is half a minute ahead, and clocks differ. */
const AHEAD_MS = 33_000;

/** What a recovery promises of sessions, checked from outside: by what the keys can do, and by the texts of policies. */
export class CutsKept {
  /** When the recovery of each role began that was answered last. */
  private readonly cut = new Map<string, number>();
  private until = Number.NEGATIVE_INFINITY;
  private readonly observed: Observed;
  private readonly fail: Fail;

  constructor(observed: Observed, fail: Fail) {
    this.observed = observed;
    this.fail = fail;
  }

  /** From now on every process knows of the recovery. */
  begin(): void {
    const { aws } = this.observed;
    this.until = Number.POSITIVE_INFINITY;
    aws.onChange = (role, before, after) => this.checkGrowth(role, before, after);
  }

  end(): void {
    this.observed.aws.onChange = () => undefined;
    this.until = this.observed.kernel.now + AHEAD_MS;
  }

  /** @param since When the order was given. */
  onCutOff(role: string, since: number): void {
    this.cut.set(role, since);
    this.check();
  }

  /** No session works that was issued before its role was cut off. */
  check(): void {
    const { aws } = this.observed;
    for (const session of aws.sessions) {
      const since = this.cut.get(session.role) ?? Number.NEGATIVE_INFINITY;
      if (session.issuedAt <= since && aws.works(session)) {
        this.fail('section 10', `keys of ${session.plan.sourceIdentity} work after the cutoff`);
      }
    }
  }

  /** Whether a session may be denied by its time of issue although its grant runs. */
  explains({ issuedAt }: Session): boolean {
    return issuedAt <= this.until;
  }

  /** In a recovery, what a policy denied is denied after every write. */
  private checkGrowth(role: string, before: string | null, after: string | null): void {
    const { aws, kernel } = this.observed;
    for (const { id, principalKey } of this.observed.store.grants.values()) {
      const plan = { sourceIdentity: sourceIdentity(principalKey, id) } as Session['plan'];
      for (const issuedAt of [kernel.now - 3_600_000, kernel.now]) {
        const session = { role, plan, issuedAt } as Session;
        if (aws.deniedBy(before, session) !== null && aws.deniedBy(after, session) === null) {
          this.fail('section 10', `a write in a recovery lets ${plan.sourceIdentity} go`);
        }
      }
    }
  }
}
