import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { lambdaNamed } from './deployed.ts';
import type { Fault, Target } from './fault.ts';

const keyOf = ({ lambdas }: Target): string =>
  lambdaNamed(lambdas, 'ledger').environment['LEDGER_KEY'] ?? '';

/** No checkpoint can be signed. */
export const ledgerKeyDisabled: Fault = {
  name: 'ledger key disabled',
  begin: async (stack) => {
    await stack.root.kms.send(new DisableKeyCommand({ KeyId: keyOf(stack) }));
  },
  end: async (stack) => {
    await stack.root.kms.send(new EnableKeyCommand({ KeyId: keyOf(stack) }));
  },
};
