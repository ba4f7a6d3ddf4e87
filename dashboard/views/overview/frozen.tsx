import Alert from '@cloudscape-design/components/alert';
import { counted } from '../../parts/counted.ts';

/** The loudest of the page: access cannot be taken away there, so none is given. */
export function Frozen({ roles }: { readonly roles: readonly string[] }) {
  if (roles.length === 0) return null;
  return (
    <Alert
      type="error"
      header={`${counted(roles.length, 'role')} frozen: the kill switch cannot be written`}
    >
      <div role="alert">
        Nothing is vended there, and ended grants stay “revoking”. Keys that were vended before work
        until they expire. Follow the runbook docs/runbooks/kill-switch-cannot-be-written.md now.
        <ul className="overview-roles">
          {roles.map((role) => (
            <li key={role}>{role}</li>
          ))}
        </ul>
        <a className="overview-a" href="#/grants?status=revoking">
          Show what is revoking
        </a>
      </div>
    </Alert>
  );
}
