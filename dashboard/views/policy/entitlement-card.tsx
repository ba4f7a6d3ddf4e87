import Badge from '@cloudscape-design/components/badge';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import type { Bundle, CompiledEntitlement } from '../../../core/bundle/bundle.ts';
import { inDuration } from '../../parts/time.tsx';
import { linkTo } from '../../place.ts';
import { JsonText } from './cedar-text.tsx';
import { RiskBadge } from './risk.tsx';
import { actionsOf, policiesAbout } from './search.ts';

type Props = { readonly bundle: Bundle; readonly entitlement: CompiledEntitlement };

/** One entitlement: what it grants, for how long, and who is named for it. */
export function EntitlementCard({ bundle, entitlement }: Props) {
  const { id, title, description, risk, labels, breakGlass, target, statements } = entitlement;
  return (
    <article className="policy-card" aria-labelledby={`entitlement-${id}`}>
      <header>
        <div>
          <h2 id={`entitlement-${id}`}>{title}</h2>
          <code>{id}</code>
        </div>
        <div className="policy-badges">
          <RiskBadge of={risk} />
          {breakGlass ? <Badge color="red">break-glass</Badge> : null}
          {labels.map((label) => (
            <Badge key={label}>{label}</Badge>
          ))}
        </div>
      </header>
      {description === undefined ? null : <p>{description}</p>}
      <dl>
        <Fact name="Longest grant">{inDuration(entitlement.maxDurationSeconds)}</Fact>
        <Fact name="Keys last at most">{inDuration(entitlement.sessionDurationSeconds)}</Fact>
        <Fact name="Approval">{approvalInWords(entitlement)}</Fact>
        <Fact name="Network">
          {entitlement.network === 'bind' ? 'bound to the address of the request' : 'any address'}
        </Fact>
        <Fact name="Actions">{actionsOf(statements).join(', ')}</Fact>
        <Fact name="Role">{target}</Fact>
        <Fact name="Parameters">{parametersInWords(entitlement)}</Fact>
        <Fact name="Policies that name it">
          <PolicyLinks ids={policiesAbout(bundle, id).map((policy) => policy.id)} />
        </Fact>
      </dl>
      <ExpandableSection headerText="Statements" headerAriaLabel={`Statements of ${title}`}>
        <JsonText value={statements} />
      </ExpandableSection>
    </article>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function PolicyLinks({ ids }: { readonly ids: readonly string[] }) {
  if (ids.length === 0) return 'none';
  return ids.map((id) => (
    <a key={id} href={linkTo('policy', { tab: 'policies', find: id })}>
      {id}
    </a>
  ));
}

function approvalInWords({ approval }: CompiledEntitlement): string {
  if (approval === undefined) return 'none: policy allows at once, or denies';
  const { required, approvers, escalateTo } = approval;
  const then = escalateTo.length === 0 ? '' : `, then also ${escalateTo.join(', ')}`;
  return `${required} of ${approvers.join(', ')}${then}`;
}

function parametersInWords({ parameters }: CompiledEntitlement): string {
  const names = Object.entries(parameters).map(([name, { description }]) =>
    description === '' ? name : `${name} (${description})`,
  );
  return names.length === 0 ? 'none' : names.join(', ');
}
