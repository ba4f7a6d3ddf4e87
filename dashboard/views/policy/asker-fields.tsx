import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import type { Asker } from '../../engine/messages.ts';

type Props = {
  readonly asker: Asker;
  readonly issuers: readonly string[];
  readonly change: (asker: Asker) => void;
};

/** Who would ask with the body of a request. */
export function AskerFields({ asker, issuers, change }: Props) {
  return (
    <div className="policy-fields">
      <FormField label="Issuer">
        <Select
          selectedOption={{ value: asker.issuer, label: asker.issuer }}
          options={issuers.map((id) => ({ value: id, label: id }))}
          onChange={({ detail }) => change({ ...asker, issuer: detail.selectedOption.value ?? '' })}
        />
      </FormField>
      <FormField label="Subject">
        <Input
          value={asker.subject}
          onChange={({ detail }) => change({ ...asker, subject: detail.value })}
        />
      </FormField>
      <FormField label="Groups" constraintText="As in the token, with spaces between.">
        <Input
          value={asker.groups.join(' ')}
          onChange={({ detail }) => {
            const groups = detail.value === '' ? [] : detail.value.split(' ');
            change({ ...asker, groups });
          }}
        />
      </FormField>
      <FormField label="Source address">
        <Input
          value={asker.sourceIp}
          onChange={({ detail }) => change({ ...asker, sourceIp: detail.value })}
        />
      </FormField>
      <Checkbox
        checked={asker.mfa}
        onChange={({ detail }) => change({ ...asker, mfa: detail.checked })}
      >
        Signed in with a second factor
      </Checkbox>
    </div>
  );
}
