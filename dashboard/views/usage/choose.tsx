import { EntitlementField } from '../../lists/entitlement-field.tsx';
import { goTo, linkTo } from '../../place.ts';
import { type Asked, PERIODS, queryOf } from './asked.ts';

/** Which entitlement, and since when. */
export function Choose({ asked }: { readonly asked: Asked }) {
  const linkOf = (change: Partial<Asked>): string =>
    linkTo('usage', queryOf({ ...asked, ...change }));
  const choose = (typed: string): void => {
    const entitlement = typed === '' ? null : typed;
    if (entitlement !== asked.entitlement) goTo(linkOf({ entitlement }));
  };
  return (
    <search className="usage-ask" aria-label="What to show">
      <EntitlementField
        value={asked.entitlement ?? ''}
        placeholder="Search, or write an id"
        seen={[]}
        change={choose}
      />
      <fieldset className="usage-days">
        <legend>Grants requested within</legend>
        {PERIODS.map((days) => (
          <a
            key={days}
            href={linkOf({ days })}
            aria-current={days === asked.days ? 'true' : undefined}
          >
            {days} days
          </a>
        ))}
      </fieldset>
    </search>
  );
}
