import { formatInstant } from '../../core/instant.ts';
import { type Concern, concernsAbout, RUNBOOKS } from '../../core/stats/broker-health.ts';
import { EXIT } from '../failure.ts';
import { signedIn } from '../sign-in/bearer.ts';
import type { Terminal } from '../terminal.ts';
import { VERSION } from '../version.ts';
import { type Health, readHealth, type Unread } from './read-health.ts';
import { showHealth } from './show-health.ts';

/**
 * `valetkey status --operator`: the health of the broker in one screen.
 *
 * @returns the exit code: 1 where something needs a person, 4 where the caller may not read whether it does.
 */
export async function operatorStatus(
  { broker: name, json }: { readonly broker?: string; readonly json: boolean },
  out: Terminal,
): Promise<number> {
  const broker = signedIn(name);
  const health = await readHealth(broker);
  const { url } = broker.settings;
  const concerns = [...quarantineOf(health), ...concernsOf(health), ...unansweredOf(health)];
  const known = isKnown(health);
  if (json) out.json(healthJson(url, health, concerns));
  else showHealth(out, { url, health, concerns, known });
  if (concerns.length > 0) return EXIT.failed;
  return known ? EXIT.ok : EXIT.denied;
}

function quarantineOf({ quarantine }: Health): readonly Concern[] {
  if (quarantine === null) return [];
  const since = quarantine.since === null ? '' : ` since ${quarantine.since}`;
  const detail = `The broker is in quarantine${since} and gives no access: ${quarantine.reason}`;
  return [{ what: 'quarantine', detail, runbook: RUNBOOKS.quarantine }];
}

function concernsOf({ now, figures, ledger }: Health): readonly Concern[] {
  return concernsAbout({
    now,
    figures: figures.ok
      ? {
          at: Date.parse(figures.value.at),
          frozenRoles: figures.value.frozenRoles,
          overdueReviews: figures.value.breakGlass.overdue,
        }
      : null,
    ledger: ledger.ok ? ledger.value : null,
  });
}

function unreadOf({ figures, ledger, suspended }: Health): readonly (readonly [string, Unread])[] {
  const parts = { figures, ledger, 'suspended principals': suspended };
  return Object.entries(parts).flatMap(([what, part]) =>
    part.ok ? [] : [[what, part.error] as const],
  );
}

/** What the caller may read, and the broker does not answer. */
function unansweredOf(health: Health): readonly Concern[] {
  return unreadOf(health)
    .filter(([, { may }]) => may)
    .map(([what, { why }]) => ({
      what: 'broker',
      detail: `The broker does not answer for the ${what}: ${why}`,
      runbook: RUNBOOKS.broker,
    }));
}

/** Who is suspended needs nobody: only an administrator may read it, and the figures have the number. */
function isKnown({ figures, ledger }: Health): boolean {
  return figures.ok && ledger.ok;
}

function healthJson(url: string, health: Health, concerns: readonly Concern[]): object {
  const { apiVersion, now, figures, ledger, suspended } = health;
  const signedAt = ledger.ok ? ledger.value.signedAt : null;
  return {
    ok: concerns.length === 0 && isKnown(health),
    at: formatInstant(now),
    broker: { url, apiVersion, bundle: (figures.ok && figures.value.bundle) || null },
    command: VERSION,
    figures: figures.ok ? figures.value : null,
    ledger: ledger.ok
      ? {
          entries: ledger.value.entries,
          signedAt: signedAt === null ? null : formatInstant(signedAt),
        }
      : null,
    suspended: suspended.ok ? suspended.value.principals : null,
    concerns,
    unread: unreadOf(health).map(([what, { why }]) => ({ what, why })),
  };
}
