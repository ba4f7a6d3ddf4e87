import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Json, Keys, Person } from './answer.ts';
import type { Chance } from './chance.ts';
import type { Client } from './client.ts';
import type { Known, KnownGrant } from './known.ts';

/** Many people, who ask, vend, vote, revoke and suspend, each without a thought for the others. */

export type Cast = {
  readonly askers: readonly Person[];
  readonly voters: readonly Person[];
  readonly security: readonly Person[];
};

export const CAST: Cast = {
  askers: Array.from({ length: 12 }, (_, index) => ({
    sub: `asker-${index + 1}`,
    groups: ['platform', 'developers'],
  })),
  voters: ['kim', 'lee', 'pat'].map((sub) => ({ sub, groups: ['database'] })),
  security: ['zoe', 'max'].map((sub) => ({ sub, groups: ['security'] })),
};

const EVERY_MS = 300;
/** A slow broker gets no more at a time. */
const AT_ONCE = 5;
const SUSPENDED_MS = 8000;

export class Load {
  private readonly client: Client;
  private readonly known: Known;
  private readonly chance: Chance;
  private readonly running = new Set<Promise<void>>();

  constructor(client: Client, known: Known, chance: Chance) {
    this.client = client;
    this.known = known;
    this.chance = chance;
  }

  /** Goes on until the signal, and until what it began has been answered. */
  async run(until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      if (this.running.size < AT_ONCE) this.begin();
      await sleep(EVERY_MS);
    }
    await Promise.all(this.running);
    for (const sub of [...this.known.suspended.keys()]) await this.resume(sub);
  }

  private begin(): void {
    const done = this.something().finally(() => this.running.delete(done));
    this.running.add(done);
  }

  private something(): Promise<void> {
    const roll = this.chance.next();
    if (roll < 0.3) return this.askAndVend();
    if (roll < 0.42) return this.askForApproval();
    if (roll < 0.6) return this.vote();
    if (roll < 0.75) return this.vendAgain();
    if (roll < 0.95) return this.revoke();
    return this.suspend();
  }

  private async askAndVend(): Promise<void> {
    // Some end while the run lasts, and some go on.
    const durationSeconds = this.chance.of([15, 40, 90, 1800, 3600]);
    await this.ask(
      '/v1/credentials',
      'artifacts-read',
      { prefix: 'releases/2026-11' },
      durationSeconds,
    );
  }

  private async askForApproval(): Promise<void> {
    await this.ask('/v1/grants', 'database-admin', { table: 'orders' }, 900);
  }

  private async ask(
    path: string,
    entitlement: string,
    parameters: Json,
    durationSeconds: number,
  ): Promise<void> {
    const owner = this.chance.of(CAST.askers);
    const key = randomUUID();
    const justification = `chaos ${key}`;
    const ask = { owner, justification, id: null as string | null };
    this.known.asks.push(ask);
    const body = { entitlement, parameters, durationSeconds, justification };
    let answer = await this.client.call(owner, 'POST', path, { body, key });
    if (isUnclear(answer)) {
      // The same again, as the command does it: it must not make a second grant.
      await sleep(this.chance.between(500, 4000));
      answer = await this.client.call(owner, 'POST', path, { body, key });
    }
    ask.id = this.noteVended(owner, answer)?.id ?? null;
  }

  private noteVended(owner: Person, answer: Answer): KnownGrant | null {
    if (answer.status === null || answer.status >= 300) return null;
    const { grant, credentials } = answer.body as {
      readonly grant?: Json;
      readonly credentials?: Keys;
    };
    const known = this.known.see(owner, grant ?? answer.body, answer);
    if (credentials !== undefined) this.known.vended(known, credentials, answer);
    return known;
  }

  private async vote(): Promise<void> {
    const grant = this.one(({ status }) => status === 'pending');
    if (grant === null) return;
    const voter = this.chance.of(CAST.voters);
    const which = this.chance.next() < 0.85 ? 'approve' : 'deny';
    const path = `/v1/grants/${grant.id}/${which}`;
    const answers = [await this.client.call(voter, 'POST', path, { body: {} })];
    // Twice, as an impatient person would.
    if (this.chance.next() < 0.3) {
      answers.push(await this.client.call(voter, 'POST', path, { body: {} }));
    }
    for (const answer of answers) {
      if (answer.status !== 200) continue;
      this.known.see(grant.owner, answer.body, answer);
      this.known.votes.add(`${grant.id} ${voter.sub}`);
    }
  }

  private async vendAgain(): Promise<void> {
    // Also under grants that have ended, which must not vend.
    const grant = this.one(({ status }) => status !== 'pending' && status !== 'denied');
    if (grant === null) return;
    const path = `/v1/grants/${grant.id}/credentials`;
    this.noteVended(grant.owner, await this.client.call(grant.owner, 'POST', path));
  }

  private async revoke(): Promise<void> {
    const grant = this.one(({ status, endedAt }) => status === 'active' && endedAt === null);
    if (grant === null) return;
    const by = this.chance.of([grant.owner, ...CAST.security]);
    const body = { reason: 'chaos' };
    grant.endAsked = true;
    const answer = await this.client.call(by, 'POST', `/v1/grants/${grant.id}/revoke`, { body });
    if (answer.status !== 200) return;
    grant.endedAt ??= answer.ended;
    this.known.see(grant.owner, answer.body, answer);
  }

  private async suspend(): Promise<void> {
    const person = this.chance.of(CAST.askers);
    if (this.known.suspended.has(person.sub)) return;
    const path = `/v1/principals/${encodeURIComponent(`people:${person.sub}`)}/suspend`;
    const by = this.chance.of(CAST.security);
    this.known.everSuspended.add(person.sub);
    const answer = await this.client.call(by, 'POST', path, { body: { reason: 'chaos' } });
    if (answer.status === 200) {
      this.known.suspended.set(person.sub, answer.ended);
      // Only what was asked for before: a request under way may be refused, or ended by the sweep.
      this.known.endAll(person, answer.ended);
    }
    await sleep(SUSPENDED_MS);
    await this.resume(person.sub);
  }

  private async resume(sub: string): Promise<void> {
    // From the first attempt on it may be in effect, answered or not.
    this.known.suspended.delete(sub);
    const path = `/v1/principals/${encodeURIComponent(`people:${sub}`)}/resume`;
    const body = { reason: 'chaos' };
    for (let tries = 0; tries < 30; tries += 1) {
      const answer = await this.client.call(this.chance.of(CAST.security), 'POST', path, { body });
      if (answer.status === 200) return;
      await sleep(1000);
    }
  }

  private one(fits: (grant: KnownGrant) => boolean): KnownGrant | null {
    const found = [...this.known.grants.values()].filter(fits);
    return found.length === 0 ? null : this.chance.of(found);
  }
}

/** Whether it may have had an effect that nobody told of. */
function isUnclear({ status }: Answer): boolean {
  return status === null || status >= 500;
}
