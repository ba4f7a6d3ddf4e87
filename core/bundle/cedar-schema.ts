/**
 * The Cedar schema that the broker ships: authors of bundles write policies against it and never edit
 * it. The Cedar adapter makes entities and contexts of exactly this form.
 */
export const CEDAR_SCHEMA = `
namespace ValetKey {
  // The id is "<issuer id>:<group>", so that no issuer can name a group of another.
  entity Group;

  // The id is "<issuer id>:<subject>"; tags are the claims that issuers.yaml lists under tags.
  entity User in [Group] { issuer: String, name: String } tags String;
  entity Workload in [Group] { issuer: String, name: String } tags String;

  entity Entitlement {
    risk: String,
    labels: Set<String>,
    account: String,
    breakGlass: Bool,
  };

  // The broker itself, for actions that concern no entitlement: Broker::"broker".
  entity Broker;

  // The parameter values of the request, by name.
  entity Parameters tags String;

  // What is unusual about a request; docs/signals.md defines each. All quiet: 0 and false.
  type Signals = {
    deniedInARow: Long,
    lapsedLately: Long,
    cancelledLately: Long,
    firstUse90Days: Bool,
    newNetwork: Bool,
    offHours: Bool,
    otherNetwork: Bool,
    tokenTwoNetworks: Bool,
  };

  type Request = {
    durationSeconds: Long,
    startsInSeconds: Long,
    now: datetime,
    sourceIp: ipaddr,
    mfa: Bool,
    mfaAgeSeconds?: Long,
    ticket?: String,
    justification: String,
    scoped: Bool,
    parameters: Parameters,
    history: { recentDenials: Long, firstUse: Bool },
    signals: Signals,
  };

  // request: may request the entitlement. autoApprove: needs no approver.
  action request, autoApprove appliesTo {
    principal: [User, Workload],
    resource: Entitlement,
    context: Request,
  };

  // vote: may approve or deny a request; the broker never lets requesters vote on their own.
  action vote appliesTo {
    principal: [User, Workload],
    resource: Entitlement,
    context: {
      durationSeconds: Long,
      startsInSeconds: Long,
      now: datetime,
      sourceIp: ipaddr,
      mfa: Bool,
      mfaAgeSeconds?: Long,
      ticket?: String,
      justification: String,
      scoped: Bool,
      parameters: Parameters,
      history: { recentDenials: Long, firstUse: Bool },
      // Those of the request, and how the approver votes.
      signals: {
        deniedInARow: Long,
        lapsedLately: Long,
        cancelledLately: Long,
        firstUse90Days: Bool,
        newNetwork: Bool,
        offHours: Bool,
        otherNetwork: Bool,
        tokenTwoNetworks: Bool,
        approverBurst: Long,
        fastVote: Bool,
        neverMet: Bool,
      },
      requester: User,
      escalated: Bool,
    },
  };

  // revoke: may end grants of others. review: may complete the review of a break-glass grant.
  action revoke, review appliesTo {
    principal: [User, Workload],
    resource: Entitlement,
  };

  // audit: may read all grants, events and decisions.
  // administer: may end all grants, and suspend and resume principals.
  action audit, administer appliesTo {
    principal: [User, Workload],
    resource: Broker,
  };
}
`;
