import Alert from '@cloudscape-design/components/alert';
import { ViewFrame } from '../../parts/view-frame.tsx';

/** After "This wasn't me": nothing works any more, on purpose. */
export function Suspended() {
  return (
    <ViewFrame title="You are locked out, as you asked">
      <Alert type="success" header="Everything under your identity has ended">
        <span role="alert">
          The broker ends all your grants and requests, and denies their keys. It takes nothing from
          your identity any more: no request, no keys, no sign-in.
        </span>
      </Alert>
      <div className="grant-view-missing">
        <h2>What to do now</h2>
        <ol>
          <li>Tell your security team what you saw. Only an administrator lets you in again.</li>
          <li>Change your password, and sign out everywhere at your identity provider.</li>
        </ol>
      </div>
    </ViewFrame>
  );
}
