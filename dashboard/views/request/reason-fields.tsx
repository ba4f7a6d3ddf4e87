import FormField from '@cloudscape-design/components/form-field';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import Textarea from '@cloudscape-design/components/textarea';
import type { Ref } from 'react';
import type { Entitlement } from '../../api/types.ts';
import type { ErrorOf } from './errors.ts';
import type { Form } from './form.ts';

type ReasonFieldsProps = {
  readonly form: Form;
  readonly entitlement: Entitlement | undefined;
  /** To focus it, where a ticket would help. */
  readonly ticket: Ref<InputProps.Ref>;
  readonly error: ErrorOf;
  readonly onChange: (change: Partial<Form>) => void;
};

/** Why somebody needs it. */
export function ReasonFields({ form, entitlement, ticket, error, onChange }: ReasonFieldsProps) {
  return (
    <>
      <FormField
        label="Justification"
        stretch
        description={
          entitlement?.justification === 'optional'
            ? 'Optional here: what you need it for, in a sentence.'
            : 'What you need it for, in a sentence. Approvers and auditors read it.'
        }
        errorText={error('/justification')}
      >
        <Textarea
          value={form.justification}
          rows={2}
          ariaRequired={entitlement?.justification !== 'optional'}
          onChange={({ detail }) =>
            onChange({ justification: detail.value.replaceAll(/[\r\n]+/g, ' ') })
          }
        />
      </FormField>
      <FormField
        label="Ticket"
        stretch
        description={
          entitlement?.breakGlass
            ? 'The incident, such as INC-4711.'
            : 'Optional: the ticket or incident that you need it for.'
        }
        errorText={error('/ticket')}
      >
        <Input
          ref={ticket}
          value={form.ticket}
          autoComplete={false}
          spellcheck={false}
          ariaRequired={entitlement?.breakGlass === true}
          onChange={({ detail }) => onChange({ ticket: detail.value })}
        />
      </FormField>
    </>
  );
}
