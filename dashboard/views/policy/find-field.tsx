import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';

type FindProps = {
  readonly label: string;
  readonly placeholder: string;
  readonly words: string;
  readonly change: (words: string) => void;
  readonly shown: number;
  readonly all: number;
};

/** Narrows a list to what has the words, and says how much that is. */
export function FindField({ label, placeholder, words, change, shown, all }: FindProps) {
  return (
    <div className="policy-find">
      <FormField label={label}>
        <Input
          type="search"
          value={words}
          placeholder={placeholder}
          clearAriaLabel="Clear"
          onChange={({ detail }) => change(detail.value)}
        />
      </FormField>
      <p role="status">{shown === all ? `${all} in all` : `${shown} of ${all}`}</p>
    </div>
  );
}
