/**
 * A bug to plant on purpose, by replacing `from` with `to` in a file; the simulation must find each
 * one.
 */
export type Plant = {
  readonly name: string;
  /** Several where one alone would meet a second defence. */
  readonly edits: readonly Edit[];
};

export type Edit = { readonly file: string; readonly from: string; readonly to: string };

const plant = (name: string, file: string, from: string, to: string, ...also: Edit[]): Plant => ({
  name,
  edits: [{ file, from, to }, ...also],
});

export const PLANTS: readonly Plant[] = [
  plant(
    'credentials although the vend was not recorded',
    'core/grants/vend-credentials.ts',
    'return written.ok ? ok(vend) : err(written.error);',
    'return written.ok || vend.at > 0 ? ok(vend) : err(written.error);',
  ),
  plant(
    'a repeat makes a second grant',
    'core/grants/vend-credentials.ts',
    'events: vend === null ? [event] : [event, vend.event],\n    idempotency: call.idempotency,',
    'events: vend === null ? [event] : [event, vend.event],\n    idempotency: null,',
  ),
  plant(
    'credentials before the start',
    'core/lifecycle/active.ts',
    'startsAt !== null && now < startsAt',
    'startsAt !== null && now < startsAt - 600_000',
  ),
  plant(
    'no end in the session policy',
    'core/session-policy/compose.ts',
    "'aws:CurrentTime'",
    "'aws:Never'",
  ),
  plant(
    'grants end an hour late',
    'core/lifecycle/new-grant.ts',
    'floorToSecond(addSeconds(start, durationSeconds))',
    'floorToSecond(addSeconds(start, durationSeconds + 3600))',
  ),
  plant(
    'keysValidUntil forgets chained roles',
    'core/session.ts',
    'return chainedRoles.length > 0 ? addSeconds(own, CHAINED_SESSION_SECONDS) : own;',
    'return own;',
  ),
  plant(
    'an extension that shortens',
    'core/lifecycle/active.ts',
    'if (expiresAt < usable.value) {',
    'if (expiresAt < 0) {',
  ),
  plant(
    'an extension beyond the longest duration',
    'core/lifecycle/active.ts',
    'if (expiresAt > latest) {',
    'if (expiresAt < 0) {',
  ),
  plant(
    'an extension that needs an approval is given without one',
    'core/grants/extend-grant.ts',
    "if (decision.outcome === 'allow') {",
    "if (decision.outcome !== 'deny') {",
  ),
  plant(
    'an extension inherits the votes on the one that it replaces',
    'core/lifecycle/extension.ts',
    'approvals: { required, refusals, ...waits },',
    'approvals: { required, refusals, ...waits, votes: earlier?.approvals.votes ?? [] },',
  ),
  plant(
    'a grant that has ended can still be extended by votes',
    'core/lifecycle/end.ts',
    'return next(grant, { ...changes, extension: null });',
    'return next(grant, changes);',
  ),
  plant(
    'votes on own requests count',
    'core/lifecycle/vote.ts',
    'if (isSamePerson(grant.marks, cast.marks)) return err(OWN_REQUEST);',
    '',
  ),
  plant(
    'persons are distinguished by id alone',
    'core/same-person.ts',
    'if (a.some((mark) => b.includes(mark))) return true;',
    'return a[0] === b[0];',
  ),
  plant(
    'votes of one person add up',
    'core/lifecycle/vote.ts',
    'return votes.filter((other) => !isSamePerson(other.marks, marks));',
    'return votes.filter(() => marks.length > 0);',
    {
      file: 'core/grants/count-votes.ts',
      from: 'votes.filter((vote) => !isSamePerson(vote.marks, cast.marks));',
      to: 'votes.filter((vote) => !isSamePerson(vote.marks, []));',
    },
  ),
  plant(
    'one approval too few is enough',
    'core/lifecycle/vote.ts',
    "if (count('approve') < approvals.required) return",
    "if (count('approve') < approvals.required - 1) return",
  ),
  plant(
    'requests never lapse',
    'core/lifecycle/reminders.ts',
    'if (isDue(approvals.lapseAt)) return',
    'if (isDue(null)) return',
  ),
  plant(
    'a change without its event',
    'core/grants/change-grant.ts',
    '    events,\n    idempotency: call.idempotency,',
    '    events: events.slice(1),\n    idempotency: call.idempotency,',
  ),
  plant(
    'the last vote activates the grant of a suspended requester',
    'core/grants/complete-quorum.ts',
    'if (suspension.value !== null) {',
    'if (suspension.value !== null && voters.length === 0) {',
    {
      file: 'core/grants/complete-quorum.ts',
      from: 'unsuspended: [...voters, grant.requester.id],',
      to: 'unsuspended: voters,',
    },
  ),
  plant(
    'a lesser token uses the grant',
    'core/deciding/judge-use.ts',
    "if (decision.outcome === 'deny') return ok({ kind: 'refused', decision });",
    "if (decision.outcome === 'deny') return ok({ kind: 'allowed' });",
  ),
  plant(
    'votes of suspended approvers count',
    'core/grants/count-votes.ts',
    "if (suspension.value !== null) return ok('the approver is suspended');",
    'if (suspension.value !== null) return ok(null);',
    {
      file: 'core/grants/complete-quorum.ts',
      from: 'unsuspended: [...voters, grant.requester.id],',
      to: 'unsuspended: [grant.requester.id],',
    },
  ),
  plant(
    'the key is looked up after the rules',
    'core/grants/change-grant.ts',
    'if (earlier.value !== null) return firstAnswer(ports, call, earlier.value);',
    '',
  ),
  plant(
    'one key serves several calls',
    'core/grants/first-answer.ts',
    'return used.value.fingerprint === idempotency.fingerprint ? used : err',
    'return used.value.fingerprint !== null ? used : err',
  ),
  plant(
    'every use counts as a later one',
    'core/deciding/past.ts',
    'firstUse: !entitlements.includes(entitlementId)',
    'firstUse: entitlements.includes(`${entitlementId}!`)',
  ),
  plant(
    'grants are ended before the principal is suspended',
    'core/grants/give-order.ts',
    '  const written = await ports.principals.give(write);',
    "  const early = { order, result, after: null, missed: 0, idempotency };\n  if (order.what === 'suspend') await carryOut(ports, early, true, { grants: 500, until: Number.POSITIVE_INFINITY });\n  const written = await ports.principals.give({ ...write, open: false });\n  open.value = false;",
  ),
  plant(
    'one gate for everybody',
    'core/gates.ts',
    'export const GATES = 32;',
    'export const GATES = 1;',
  ),
  plant(
    'a suspension is answered before the gates are closed',
    'core/grants/carry-out-order.ts',
    "if (what !== 'revoke') {",
    "if (what === 'resume') {",
  ),
  plant(
    'a late writer of an earlier order moves the gates of a later one',
    'core/gates.ts',
    'return found == null || found.epoch < next.epoch;',
    'return found == null || found.epoch !== next.epoch;',
  ),
  plant(
    'a suspension leaves a gate open',
    'core/gates.ts',
    'return all.filter((number) => mayReplace',
    'return all.filter((number) => (number > 0 || !head.closed) && mayReplace',
  ),
  plant(
    'a thaw leaves a gate closed',
    'core/gates.ts',
    'return all.filter((number) => mayReplace',
    'return all.filter((number) => (number > 0 || head.closed) && mayReplace',
  ),
  plant(
    'a freeze is written without its gates',
    'core/kill/freezes.ts',
    'if (written === null || written.value) return settleGates(rows.gates);',
    'if (written === null || written.value) return ok(null);',
  ),
  plant(
    'endings are not repeated after a conflict',
    'adapters/dynamodb/retries.ts',
    'ENDING: Patience = { milliseconds: 8000',
    'ENDING: Patience = { milliseconds: 0',
  ),
  plant(
    'an ending has no more patience than a vend',
    'adapters/dynamodb/grant-parts.ts',
    'goesOn && grant.kill === null ? CALL : ENDING',
    'goesOn || grant.kill !== null ? { ...CALL, milliseconds: 100 } : ENDING',
  ),
  plant(
    'revoked at once although credentials were vended',
    'core/lifecycle/end.ts',
    "if (!credentialsAlive(grant, now)) {\n    // A grant that was never used owes no review.\n    const review = unused(grant) ? null : grant.review;\n    const changes = { status: 'revoked'",
    "if (grant.id !== '') {\n    const review = unused(grant) ? null : grant.review;\n    const changes = { status: 'revoked'",
  ),
  plant(
    'chained roles are not denied',
    'core/lifecycle/end.ts',
    'killOrder(rolesOf(grant), grant, now)',
    'killOrder([grant.targetRole], grant, now)',
  ),
  plant(
    'chained sessions outlive the end',
    'core/lifecycle/end.ts',
    'if (grant.chainedRoles.length > 0 && credentialsAlive(grant, now)) {',
    'if (grant.chainedRoles.length > 20) {',
  ),
  plant(
    'denies are removed after a minute',
    'core/lifecycle/end.ts',
    'until: addSeconds(last, CLOCK_MARGIN_SECONDS)',
    'until: addSeconds(now, last > 0 ? 60 : 61)',
  ),
  plant(
    'denies are left out of the policy too early',
    'core/kill/switch-for.ts',
    '.filter(({ until }) => until > readAt)',
    '.filter(({ until }) => until > readAt + 900_000)',
  ),
  plant(
    'a pattern that matches nothing',
    'core/kill/deny-policy.ts',
    'return GRANT_ID.test(pattern) ? `*.${pattern}` : `*.${pattern}*`;',
    'return GRANT_ID.test(pattern) ? `*-${pattern}` : `*-${pattern}*`;',
  ),
  plant(
    'a pattern that matches everybody',
    'core/kill/deny-policy.ts',
    'return GRANT_ID.test(pattern) ? `*.${pattern}` : `*.${pattern}*`;',
    'return `*.${pattern.slice(0, 3)}*`;',
  ),
  plant(
    'a prefix that denies an open grant',
    'core/kill/prefix-cover.ts',
    'const inside = open ? [prefix] : children.flatMap((child) => child.inside);',
    'const inside: string[] = [];',
  ),
  plant(
    'a prefix that denies grants still to be made',
    'core/kill/prefix-cover.ts',
    'latest: addSeconds(now, -MARGIN_SECONDS)',
    'latest: addSeconds(now, 60 * MARGIN_SECONDS)',
  ),
  plant(
    'roles do not know their open grants',
    'core/grant.ts',
    'return open ? rolesOf(grant) : [];',
    'return open ? [] : [];',
  ),
  plant(
    'cutoffs of chained roles come from the decision',
    'core/kill/switch-for.ts',
    'row.begins ? { ...row, at: Math.max(row.at, readAt) } : row',
    'row.begins ? { ...row, at: row.at } : row',
    {
      file: 'core/kill/kill-grant.ts',
      from: 'kill.at : Math.max(kill.at, ports.clock())',
      to: 'kill.at : kill.at',
    },
  ),
  plant(
    'a stale read counts as a failure',
    'core/kill/read-back.ts',
    'const READ_BACK_SECONDS = 12;',
    'const READ_BACK_SECONDS = 0;',
  ),
  plant(
    'a stale read-back freezes the role',
    'core/kill/read-back.ts',
    'if (same || now >= addSeconds(wroteAt, READ_BACK_SECONDS)) return ok(same);',
    'if (same || now >= wroteAt) return ok(same);',
  ),
  plant(
    'a throttled write freezes the role',
    'core/kill/write-policy.ts',
    "if (put.error.code === 'throttled') {",
    "if (put.error.code === 'throttled' && document === '') {",
  ),
  plant(
    'a writer that waits for another one freezes the role',
    'core/kill/kill-grant.ts',
    "return code !== 'busy' && code !== 'store';",
    "return code !== 'store';",
  ),
  plant(
    'the alarm of the sweep rings for reminders',
    'core/upkeep/sweep.ts',
    "happenings.some((type) => type !== 'review-reminded')",
    'happenings.length > 0',
  ),
  plant(
    'a policy that cannot be read is written',
    'core/kill/converge.ts',
    'if (!asConfirmed.ok) return asConfirmed;',
    'if (!asConfirmed.ok) return rewrite(ports, role);',
  ),
  plant(
    'one principal fills the policy, and strangers pay',
    'core/kill/switch-for.ts',
    'room > 0 ? sharedByFewest(sorted, room) : null',
    'room < 0 ? sharedByFewest(sorted, room) : null',
  ),
  plant(
    'revoked before the deny is confirmed',
    'core/kill/kill-grant.ts',
    'if (deny) return denies(confirmed, row) && !(inFlight && isUnspared(confirmed, row));',
    'if (deny) return true;',
  ),
  plant(
    'a failed write counts as written',
    'core/kill/write-policy.ts',
    'if (put.ok) {',
    'if (!put.ok && document !== null) return ok(target);\n    if (put.ok) {',
  ),
  plant(
    'roles never thaw',
    'core/kill/write-policy.ts',
    'const thawed = await ports.kills.thaw(role);',
    'const thawed = await ports.kills.freeze(role, { until: null, reason: "" });',
  ),
  plant(
    'a freeze that has ended comes back',
    'core/kill/converge.ts',
    'ports.kills.completeFreeze(role),',
    'ports.kills.freezeOf(role).then(async (found) => {\n      if (found.ok && found.value !== null) await ports.kills.freeze(role, found.value);\n      return found;\n    }),',
  ),
  plant(
    'grants whose kill comes too late never end',
    'core/kill/kill-grant.ts',
    'if (waiting && dead) return endOutlived(ports, grant, requestId);',
    '',
  ),
  plant(
    'the sweep finds nothing',
    'core/upkeep/sweep.ts',
    'const due = await ports.store.due(before, MOST_GRANTS);',
    'const due = await ports.store.due(before, 0);',
  ),
  plant(
    'the sweep looks at the roles of the bundle alone',
    'core/upkeep/sweep.ts',
    'listed.ok ? listed.value.filter((role) => !named.includes(role)) : []',
    'listed.ok ? listed.value.filter(() => false) : []',
  ),
  plant(
    'a role is forgotten although a key that it denies may live',
    'core/kill/look-after.ts',
    'denied.value.some(({ until }) => until > now)',
    'denied.value.some(({ until }) => until < 0)',
  ),
  plant(
    'a workflow that cannot wait spins',
    'core/lifecycle/next-step.ts',
    'const again = (before?.again ?? 0) + 1;',
    'const again = 1;',
  ),
  plant(
    'the sweep finishes no orders about principals',
    'core/upkeep/sweep-orders.ts',
    'const MOST_ORDERS = 100;',
    'const MOST_ORDERS = 0;',
  ),
  plant(
    'an order is forgotten although a grant could not be ended',
    'core/grants/carry-out-order.ts',
    'if (pass.open.missed === 0)',
    'if (pass.open.missed >= 0)',
  ),
  plant(
    'reviews of own use count',
    'core/lifecycle/review.ts',
    'if (isSamePerson(grant.marks, by.marks)) {',
    'if (by.marks.length === 0) {',
  ),
  plant(
    'break-glass is reviewed before its use',
    'core/lifecycle/review.ts',
    'if (!usedOrEnded(grant, now))',
    'if (grant.version < 0)',
  ),
  plant(
    'a person written differently is another person',
    'core/same-person.ts',
    "value.normalize('NFKC').toLowerCase().toUpperCase().normalize('NFKC').trim()",
    'value',
  ),
  plant(
    'the ledger forgets what was published before the table was restored',
    'core/ledger/place-entries.ts',
    'if (stored.value > head.value.size)',
    'if (stored.value < 0)',
  ),
  plant(
    'the ledger signs what is not stored',
    'core/ledger/publish-log.ts',
    'const created = await files.create(path, bytes);',
    'const created = path.length < 0 ? await files.create(path, bytes) : ok(undefined);',
  ),
  plant(
    'the ledger publishes over a larger checkpoint',
    'core/ledger/publish-log.ts',
    'const replaced = await files.replaceCheckpoint(note, previous.value);',
    'const now = await files.checkpoint();\n  if (!now.ok) return now;\n  const replaced = await files.replaceCheckpoint(note, now.value);',
  ),
  plant(
    'the ledger skips the rest of a batch',
    'core/ledger/place-entries.ts',
    "batch.length < fresh.value.length ? 'more' : 'done'",
    "'done'",
  ),
  plant(
    'the order of the ledger is not compared with its files',
    'core/ledger/publish-log.ts',
    'const matches = sameHash(rootOf(treeOf(tail)), root);',
    'const matches = root.length > 0;',
    {
      file: 'core/ledger/publish-log.ts',
      from: 'const { bundle, tiles } = filesOfTail(size);',
      to: 'const { bundle, tiles } = filesOfTail(size - (size % 2));',
    },
  ),
];
