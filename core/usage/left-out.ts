import type { LeftOut } from '../usage.ts';

const NOUNS: Readonly<Record<keyof LeftOut, readonly [one: string, many: string]>> = {
  actions: ['action', 'actions'],
  unmapped: ['call of unknown action', 'calls of unknown action'],
  networks: ['network', 'networks'],
  agents: ['client', 'clients'],
  chained: ['chained role', 'chained roles'],
};

/** `5 actions, 1 network`: what a report has no room for. */
export function leftOutInWords(leftOut: LeftOut): string {
  return (Object.keys(NOUNS) as (keyof LeftOut)[])
    .filter((kind) => leftOut[kind] > 0)
    .map((kind) => `${leftOut[kind]} ${NOUNS[kind][leftOut[kind] === 1 ? 0 : 1]}`)
    .join(', ');
}
