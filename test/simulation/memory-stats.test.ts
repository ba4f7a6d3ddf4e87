import { statsStoreContract } from '../contracts/stats-store.contract.ts';
import { MemoryStatsStore } from './memory-stats.ts';

statsStoreContract('the simulation', async () => new MemoryStatsStore().port());
