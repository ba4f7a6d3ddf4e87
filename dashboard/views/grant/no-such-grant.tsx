import { ViewFrame } from '../../parts/view-frame.tsx';

/** The broker does not tell what does not exist from what one may not see, and so does the page. */
export function NoSuchGrant({ id }: { readonly id: string }) {
  return (
    <ViewFrame title="There is no such grant, or you may not see it">
      <div className="grant-view-missing">
        <p>
          You see your own grants, and those that you may vote on, revoke, review or audit. The link
          may be cut, or you are signed in as somebody else.
        </p>
        <p>
          It leads to <code>{id}</code>.
        </p>
        <a href="#/">Go to My access</a>
      </div>
    </ViewFrame>
  );
}
