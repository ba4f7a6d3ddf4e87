import type { Command } from 'commander';
import { optionsOf, type SavedRequest } from './saved-request.ts';
import { savedAs } from './store.ts';

/** Before a command runs: if it was given `@NAME` for the entitlement, fills in the saved request. */
export function resolveSaved(command: Command): void {
  const at = command.registeredArguments.findIndex((one) => one.name() === 'entitlement');
  const given: unknown = command.processedArgs[at];
  // With --grant there is no entitlement, and the word belongs to the command that will run.
  if (typeof given !== 'string' || command.getOptionValue('grant') !== undefined) return;
  const name = savedName(given);
  if (name === null) return;
  const saved = savedAs(name);
  command.processedArgs[at] = saved.entitlement;
  command.setOptionValueWithSource('saved', name, 'saved');
  fillIn(command, saved);
}

/** Sets the options of the saved request that are not on the command line; parameters one by one. */
export function fillIn(command: Command, saved: SavedRequest): void {
  for (const [option, value] of Object.entries(optionsOf(saved))) {
    const given: unknown = command.getOptionValue(option);
    const typed = command.getOptionValueSource(option) === 'cli';
    if (option === 'parameter') {
      const all = { ...saved.parameters, ...(typed ? (given as object) : {}) };
      command.setOptionValueWithSource(option, all, 'saved');
    } else if (!typed) {
      command.setOptionValueWithSource(option, value, 'saved');
    }
  }
}

/** The entitlement of `@NAME`; anything else is one already. */
export function entitlementOf(given: string): string {
  const name = savedName(given);
  return name === null ? given : savedAs(name).entitlement;
}

function savedName(given: string): string | null {
  return given.startsWith('@') ? given.slice(1) : null;
}
