import type { PrincipalEvent, SignalStep } from '../audit.ts';
import { withoutControlCharacters as plain } from '../text.ts';
import { type Mail, subjectOf } from './mails.ts';

type SignalEvent = Extract<PrincipalEvent, { readonly type: 'signal-raised' }>;

/**
 * Denied attempts go to security, and to the person, who may need help or may not have made them. A kill switch under
 * pressure, and keys that worked after their grant, go to security alone.
 */
export function signalMailsOf(event: SignalEvent): readonly Mail[] {
  if (event.kind === 'kill-switch-pressure') {
    return [mail(event, 'security', 'A kill switch is almost full', aboutPressure(event))];
  }
  if (event.kind === 'keys-after-end') {
    return [mail(event, 'security', 'Keys worked after the end of their grant', aboutKeys(event))];
  }
  if (event.kind !== 'many-denials') return [];
  const toSecurity = mail(event, 'security', 'Attempts were denied', forSecurity(event));
  if (event.principal.type !== 'User') return [toSecurity];
  const headline = 'Several of your requests were denied';
  return [toSecurity, mail(event, 'requesters', headline, forThePerson(event))];
}

function mail(
  { principal }: SignalEvent,
  audience: Mail['audience'],
  headline: string,
  lines: readonly string[],
): Mail {
  const id = plain(principal.id);
  return {
    ...{ audience, subject: subjectOf(`${headline}: ${id}`) },
    body: [`${headline}.`, '', ...lines, ''].join('\n'),
    attributes: { requester: id, requesterName: plain(principal.name) || id },
  };
}

function forSecurity({ principal, count, reason, story }: SignalEvent): readonly string[] {
  const id = plain(principal.id);
  return [
    `Who: ${plain(principal.name)} (${id})`,
    `How often: ${plain(reason)}`,
    '',
    ...(count > story.length ? [`The last ${story.length}:`] : ['What happened:']),
    ...story.flatMap((step) => [
      `- ${step.at} ${plain(step.what)}`,
      ...(step.from === null ? [] : [`  from ${plain(step.from)}`]),
      `  denied: ${plain(step.why)}`,
      ...(step.grant === null ? [] : [`  valetkey events ${step.grant}`]),
    ]),
    '',
    'You get no further mail about it while it goes on.',
    `See its grants:  valetkey requests --requester ${id}`,
    `Keep it out:     valetkey suspend ${id}`,
    'What to do: docs/runbooks/denied-attempts.md',
  ];
}

function aboutPressure({ role = '', percent = 0, count, story }: SignalEvent): readonly string[] {
  return [
    `Role: ${plain(role)}`,
    `Its ${count} ended grants with living keys need ${percent} % of the room of its kill switch.`,
    'Above 100 %, sessions of those who need most are denied although they have not ended.',
    '',
    'Who needs most:',
    ...story.flatMap(({ what, why, grant }) => [
      `- ${plain(what)}: ${plain(why)}`,
      ...(grant === null ? [] : [`  valetkey events ${grant}`]),
    ]),
    '',
    'You get no further mail about it while it goes on.',
    'What to do: docs/runbooks/kill-switch-pressure.md',
  ];
}

function aboutKeys({ principal, count, reason, story }: SignalEvent): readonly string[] {
  const id = plain(principal.id);
  return [
    `Who: ${plain(principal.name)} (${id})`,
    `What: ${plain(reason)}`,
    'The kill switch did not stop them. Look at once whether they work still.',
    '',
    ...(count > story.length ? [`The last ${story.length}:`] : ['What was called:']),
    ...story.flatMap((step) => [
      `- ${step.at} ${plain(step.what)}: ${plain(step.why)}`,
      ...(step.from === null ? [] : [`  from ${plain(step.from)}`]),
      ...(step.grant === null ? [] : [`  valetkey events ${step.grant}`]),
    ]),
    '',
    'You get no further mail about this principal for an hour.',
    `Keep it out:     valetkey suspend ${id}`,
    'What to do: docs/runbooks/keys-misused.md',
  ];
}

function forThePerson({ count, story }: SignalEvent): readonly string[] {
  return [
    ...(count > story.length ? [`The last ${story.length} of ${count}:`] : ['This was denied:']),
    ...story.map(summary),
    '',
    'Nothing is wrong with asking. If these were your requests:',
    'What you may ask for:   valetkey list',
    'What would be decided, and what would help:   valetkey request ENTITLEMENT --dry-run',
    'Ask an approver or the platform team if you do not find what you need.',
    '',
    'If these were not your requests, somebody else may use your account. End everything under it:',
    'valetkey suspend me --reason "This was not me"',
    'Only an administrator lets you in again. Your security team got this list, too.',
  ];
}

function summary({ at, what, why }: SignalStep): string {
  return `- ${at} ${plain(what)}: ${plain(why)}`;
}
