import { BROKER, type PrincipalEvent } from '../audit.ts';
import { formatInstant } from '../instant.ts';
import { withoutControlCharacters } from '../text.ts';
import { bodyOf, type Mail, subjectOf } from './mails.ts';
import { signalMailsOf } from './signal-mails.ts';

const HEADLINES: Readonly<Partial<Record<PrincipalEvent['type'], string>>> = {
  'principal-suspended': 'A principal was suspended',
  'principal-resumed': 'A suspended principal was resumed',
  'principal-revoked': 'All grants of a principal were revoked',
};

/** Of people's orders about themselves. */
const OWN_HEADLINES: typeof HEADLINES = {
  'principal-suspended': 'A principal suspended itself: somebody else may use its identity',
};

const OF_QUARANTINE: typeof HEADLINES = {
  'quarantine-begun': 'The broker is in quarantine',
  'quarantine-release-asked': 'Somebody asked to end the quarantine',
  'quarantine-ended': 'The quarantine of the broker has ended',
  'broker-recovered': 'The broker was rebuilt on a restored table',
};

const UNPROVEN = 'a direct order, without proof of who gave it';

/** The mails that a signal or an order about a principal causes; none where people end their own grants, or are refused something. */
export function principalMailsOf(event: PrincipalEvent): readonly Mail[] {
  if (event.type === 'signal-raised') return signalMailsOf(event);
  if (event.type in OF_QUARANTINE) return quarantineMails(event);
  const { type, actor, at, reason } = event;
  const isOwn = actor !== BROKER && actor.id === event.principalId;
  const headline = (isOwn ? OWN_HEADLINES : HEADLINES)[type];
  if (headline === undefined) return [];
  const principalId = withoutControlCharacters(event.principalId);
  const by = actor === BROKER ? UNPROVEN : `${actor.name} (${actor.id})`;
  const body = bodyOf([
    `${headline}.`,
    '',
    `Who: ${principalId}`,
    `By: ${by}`,
    `At: ${formatInstant(at)}`,
    `Why: ${reason || '(no reason given)'}`,
    '',
    `See its grants: valetkey requests --requester ${principalId}`,
    'See who is suspended: valetkey principals --suspended',
    '',
  ]);
  const subject = subjectOf(`${headline}: ${principalId}`);
  const attributes = { requester: principalId, requesterName: principalId };
  return [{ audience: 'security', subject, body, attributes }];
}

function quarantineMails(event: PrincipalEvent): readonly Mail[] {
  const { type, actor, at, reason } = event;
  const headline = OF_QUARANTINE[type] ?? '';
  const deployed = event.type === 'quarantine-begun' && event.cause === 'recovery';
  const unnamed = deployed ? 'the deployment' : UNPROVEN;
  const body = bodyOf([
    `${headline}.`,
    '',
    `By: ${actor === BROKER ? unnamed : `${actor.name} (${actor.id})`}`,
    `At: ${formatInstant(at)}`,
    `Why: ${reason || '(no reason given)'}`,
    '',
    'See it: valetkey quarantine',
    'What to do: docs/runbooks/quarantine.md',
    '',
  ]);
  const attributes = { requester: BROKER, requesterName: BROKER };
  return [{ audience: 'security', subject: subjectOf(headline), body, attributes }];
}
