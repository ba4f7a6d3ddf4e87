import type { Command } from 'commander';
import { optionsOf, type SavedRequest } from './saved-request.ts';
import { savedAs } from './store.ts';

/** Before a command runs: if it was given `@NAME` for the entitlement, fills in the saved request. */
export function resolveSaved(command: Command): void {
  const at = command.registeredArguments.findIndex((one) => one.name() === 'entitlement');
  const given: unknown = command.processedArgs[at];
  if (typeof given !== 'string' || !isEntitlement(command, at)) return;
  const name = savedName(given);
  if (name === null) return;
  const saved = savedAs(name);
  command.processedArgs[at] = saved.entitlement;
  command.args[at] = saved.entitlement;
  command.setOptionValueWithSource('saved', name, 'saved');
  fillIn(command, saved);
}

/** Not what follows `--`, which is the command that will run; with --grant there is no entitlement. */
function isEntitlement(command: Command, at: number): boolean {
  let root = command;
  while (root.parent !== null) root = root.parent;
  // Commander keeps the command line that it was given; its types do not say so.
  const { rawArgs } = root as Command & { readonly rawArgs: readonly string[] };
  const dashes = rawArgs.indexOf('--');
  const after = dashes < 0 ? 0 : rawArgs.length - dashes - 1;
  return command.getOptionValue('grant') === undefined && at < command.args.length - after;
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
