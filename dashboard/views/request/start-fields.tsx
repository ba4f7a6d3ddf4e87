import Button from '@cloudscape-design/components/button';
import DatePicker from '@cloudscape-design/components/date-picker';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import TimeInput from '@cloudscape-design/components/time-input';
import { useState } from 'react';
import { now } from '../../api/clock.ts';
import type { Form } from './form.ts';

type StartFieldsProps = {
  readonly form: Form;
  readonly error: string | null;
  readonly onChange: (change: Partial<Form>) => void;
};

const DAY_MS = 86_400_000;
/** The broker takes no later start. */
const LONGEST_AHEAD_MS = 30 * DAY_MS;

/** A later start; nothing typed means at once. */
export function StartFields({ form, error, onChange }: StartFieldsProps) {
  const given = form.startDate !== '' || form.startTime !== '';
  const [open, setOpen] = useState(given);
  return (
    <ExpandableSection
      headerText="Start later"
      expanded={open || error !== null}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      <FormField
        stretch
        errorText={error}
        constraintText={`Up to 30 days ahead, in your time zone (${zone()}). Leave both empty to start at once.`}
      >
        <div className="request-start">
          <FormField label="Start day">
            <DatePicker
              value={form.startDate}
              placeholder="YYYY/MM/DD"
              openCalendarAriaLabel={(chosen) =>
                chosen === null ? 'Open the calendar' : `Open the calendar, chosen is ${chosen}`
              }
              todayAriaLabel="Today"
              nextMonthAriaLabel="Next month"
              previousMonthAriaLabel="Previous month"
              isDateEnabled={isPossible}
              onChange={({ detail }) => onChange({ startDate: detail.value })}
            />
          </FormField>
          <FormField label="Start time">
            <TimeInput
              value={form.startTime}
              format="hh:mm"
              placeholder="hh:mm"
              onChange={({ detail }) => onChange({ startTime: detail.value })}
            />
          </FormField>
          {given ? (
            <Button formAction="none" onClick={() => onChange({ startDate: '', startTime: '' })}>
              Start at once
            </Button>
          ) : null}
        </div>
      </FormField>
    </ExpandableSection>
  );
}

function isPossible(day: Date): boolean {
  const from = now();
  return day.getTime() > from - DAY_MS && day.getTime() < from + LONGEST_AHEAD_MS;
}

function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
