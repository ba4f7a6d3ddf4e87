/**
 * What policies may speak of. The broker ships it; authors of bundles write against it and never
 * edit it. The adapter that asks the engine makes entities and contexts of exactly this form.
 */
export const CEDAR_SCHEMA = `
namespace ValetKey {
  // "<issuer id>:<group>": qualified, so that no issuer can mint another's group.
  entity Group;

  // "<issuer id>:<subject>"; tags hold the claims that the issuer's entry lists under tags.
  entity User in [Group] { issuer: String, name: String } tags String;
  entity Workload in [Group] { issuer: String, name: String } tags String;

  entity Entitlement {
    risk: String,
    labels: Set<String>,
    account: String,
    breakGlass: Bool,
  };

  // What concerns no entitlement: Broker::"broker".
  entity Broker;

  // The values that the caller chose, by name.
  entity Parameters tags String;

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
  };

  // request: may ask. autoApprove: needs no human.
  action request, autoApprove appliesTo {
    principal: [User, Workload],
    resource: Entitlement,
    context: Request,
  };

  // vote: may say yes or no to somebody's request; the requester's own vote never counts.
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
      requester: User,
      escalated: Bool,
    },
  };

  // revoke: may end others' grants. review: may close the review of a break-glass use.
  action revoke, review appliesTo {
    principal: [User, Workload],
    resource: Entitlement,
  };

  // audit: may read everybody's grants, their events and decisions. administer: may end and suspend.
  action audit, administer appliesTo {
    principal: [User, Workload],
    resource: Broker,
  };
}
`;
