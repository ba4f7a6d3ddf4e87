import { suspensionKey } from '../../adapters/dynamodb/principal-keys.ts';
import { principalStoreContract } from '../contracts/principal-store.contract.ts';
import { NOW } from '../support/sample-grants.ts';
import { MemoryStore } from './memory-store.ts';

principalStoreContract('the simulated store', async () => {
  const store = new MemoryStore();
  return {
    store: store.grantStore(() => NOW),
    principals: store.principalStore(),
    gates: (principal) => store.gates.ports(suspensionKey(principal)),
  };
});
