import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import type { Grant } from '../../api/types.ts';
import { Panel } from '../../grant/panel.tsx';

/** Keys come only through the command: the page never has them. */
export function Command({ grant }: { readonly grant: Grant }) {
  const command = `valetkey exec --grant ${grant.id} -- aws sts get-caller-identity`;
  return (
    <Panel title="Use it">
      <p className="grant-quiet">
        The command gets the keys and renews them. Put what you want to run after the two dashes.
      </p>
      <div className="grant-view-command">
        <code>{command}</code>
        <CopyToClipboard
          textToCopy={command}
          copyButtonText="Copy"
          copyButtonAriaLabel="Copy the command"
          copySuccessText="Copied"
          copyErrorText="The browser did not let the page copy. Select the text instead."
        />
      </div>
    </Panel>
  );
}
