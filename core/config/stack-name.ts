/** The name of the broker's stack unless `valetkey.yaml` sets one. All names in all accounts derive from it. */
export const DEFAULT_STACK_NAME = 'ValetKey';
