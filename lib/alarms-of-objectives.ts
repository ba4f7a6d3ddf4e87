import { Duration } from 'aws-cdk-lib';
import { BURN_RATES, OBJECTIVES, type Objective, TOO_FEW } from '../core/objectives.ts';
import type { AlarmBell } from './alarm-bell.ts';

const SLOW = 'See docs/runbooks/broker-is-slow.md';

/** Alarms on how fast the share that may go wrong is used up, each over a long and a short window. */
export function alarmsOfObjectives(bell: AlarmBell): void {
  for (const [id, objective] of Object.entries(OBJECTIVES)) burns(bell, id, objective);
}

function burns(bell: AlarmBell, id: string, { about, metric, budget }: Objective): void {
  const shareOf = (minutes: number) =>
    bell.measure('vend', metric, { statistic: 'Average', period: Duration.minutes(minutes) });
  const count = bell.measure('vend', metric, { statistic: 'Sum', period: Duration.hours(6) });
  const enough = bell.on(`${id}Enough`, count, {
    about: `A part of other alarms: ${TOO_FEW} or more in six hours. ${SLOW}`,
    threshold: TOO_FEW,
    part: true,
  });
  for (const { name, rate, longMinutes, shortMinutes } of BURN_RATES) {
    const parts = [longMinutes, shortMinutes].map((minutes) =>
      bell.on(`${id}${name}${minutes}m`, shareOf(minutes), {
        about: `A part of the alarm ${id}${name}. ${SLOW}`,
        threshold: Number((budget * rate).toPrecision(6)),
        part: true,
      }),
    );
    const share = `${Number((budget * rate * 100).toPrecision(3))} %`;
    bell.onAll(
      `${id}${name}`,
      [...parts, enough],
      `${share} or more of all ${about}: ${rate} times what the objective allows. ${SLOW}`,
    );
  }
}
