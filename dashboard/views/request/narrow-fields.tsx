import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Textarea from '@cloudscape-design/components/textarea';
import type { Form } from './form.ts';
import { givenBy } from './given-by.ts';

type NarrowFieldsProps = {
  readonly form: Form;
  readonly open: boolean;
  readonly setOpen: (open: boolean) => void;
  /** What the request would give as it is; null where that is not known. */
  readonly policy: object | null;
  readonly errors: { readonly actions: string | null; readonly resources: string | null };
  readonly onChange: (change: Partial<Form>) => void;
};

/** Less than the entitlement gives: fewer actions, fewer resources. */
export function NarrowFields(props: NarrowFieldsProps) {
  const { form, open, setOpen, policy, errors, onChange } = props;
  const wrong = errors.actions !== null || errors.resources !== null;
  return (
    <ExpandableSection
      headerText="Ask for less"
      expanded={open || wrong}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      <div className="request-fields">
        <FormField
          label="Actions"
          stretch
          description="Only these, one a line, such as s3:GetObject. Empty means all that the entitlement gives."
          errorText={errors.actions}
        >
          <Textarea
            value={form.actions}
            rows={2}
            spellcheck={false}
            onChange={({ detail }) => onChange({ actions: detail.value })}
          />
        </FormField>
        <FormField
          label="Resources"
          stretch
          description="Only these ARNs, one a line. Empty means all that the entitlement gives."
          errorText={errors.resources}
        >
          <Textarea
            value={form.resources}
            rows={2}
            spellcheck={false}
            onChange={({ detail }) => onChange({ resources: detail.value })}
          />
        </FormField>
        {policy === null ? null : (
          <div>
            <p className="request-hint">What the request gives as it is now:</p>
            <ul className="request-gives">
              {givenBy(policy).map(({ actions, resources }) => (
                <li key={`${actions} ${resources}`}>
                  <code>{actions.join(', ')}</code> on <code>{resources.join(', ')}</code>
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </ExpandableSection>
  );
}
