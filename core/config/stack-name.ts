/** What the broker's stack is called where `valetkey.yaml` does not say; every name in every account follows from it. */
export const DEFAULT_STACK_NAME = 'ValetKey';
