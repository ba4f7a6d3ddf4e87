import { usageStoreContract } from '../../contracts/usage-store.contract.ts';
import { MemoryUsage } from '../../support/memory-usage.ts';
import { NOW } from '../../support/sample-grants.ts';

/** What the tests of this folder use in place of the table does the same. */
usageStoreContract('the memory', async () => {
  const usages = new MemoryUsage(() => NOW);
  return {
    usages,
    eventsOf: async (id) =>
      usages.events.filter(({ grantId }) => grantId === id).map((event) => event.id),
  };
});
