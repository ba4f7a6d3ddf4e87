import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import { pageUrl } from '../../sign-in/provider.ts';
import type { Form } from './form.ts';
import { linkToForm } from './link.ts';

type CopyLinkProps = { readonly form: Form; readonly entitlement: string };

/** A link that fills the form for somebody else, such as in a runbook. */
export function CopyLink({ form, entitlement }: CopyLinkProps) {
  return (
    <CopyToClipboard
      copyButtonText="Copy link to this form"
      copySuccessText="Copied"
      copyErrorText="This browser does not let the page copy."
      textToCopy={`${pageUrl()}${linkToForm(form, entitlement)}`}
    />
  );
}
