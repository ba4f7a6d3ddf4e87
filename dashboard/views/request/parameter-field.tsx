import Autosuggest from '@cloudscape-design/components/autosuggest';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { readable, type Spec } from './parameters.ts';

type ParameterFieldProps = {
  readonly spec: Spec;
  readonly value: string;
  readonly error: string | null;
  readonly onChange: (value: string) => void;
};

/** One parameter, labelled by its name. */
export function ParameterField({ spec, value, error, onChange }: ParameterFieldProps) {
  const { name, kind, description, values, pattern } = spec;
  if (kind === 'boolean') {
    return (
      <FormField errorText={error}>
        <Checkbox
          checked={value === 'true'}
          description={description}
          onChange={({ detail }) => onChange(String(detail.checked))}
        >
          {name}
        </Checkbox>
      </FormField>
    );
  }
  return (
    <FormField
      label={name}
      stretch
      description={description}
      errorText={error}
      constraintText={pattern === null ? null : <Pattern text={readable(pattern)} />}
    >
      {kind === 'choice' ? (
        <Autosuggest
          value={value}
          options={values.map((one) => ({ value: one }))}
          filteringType={values.includes(value) ? 'manual' : 'auto'}
          placeholder="Choose one"
          empty={`Choose one of: ${values.join(', ')}`}
          hideEnteredTextOption
          selectedAriaLabel="Selected"
          clearAriaLabel="Clear"
          ariaRequired
          onChange={({ detail }) => onChange(detail.value)}
        />
      ) : (
        <Input
          value={value}
          spellcheck={false}
          autoComplete={false}
          ariaRequired
          onChange={({ detail }) => onChange(detail.value)}
        />
      )}
    </FormField>
  );
}

function Pattern({ text }: { readonly text: string }) {
  return (
    <>
      Pattern: <code className="request-pattern">{text}</code>
    </>
  );
}
