import { applyMode, Mode } from '@cloudscape-design/global-styles';

/** Light or dark as the person's system has it, also when it changes. */
export function followColours(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => applyMode(dark.matches ? Mode.Dark : Mode.Light);
  apply();
  dark.addEventListener('change', apply);
}
