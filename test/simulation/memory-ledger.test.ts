import { ledgerFilesContract } from '../contracts/ledger-files.contract.ts';
import { ledgerStoreContract } from '../contracts/ledger-store.contract.ts';
import { MemoryLedgerFiles, MemoryLedgerStore } from './memory-ledger.ts';

/** What the simulation takes for the table and the bucket keeps their promises. */
ledgerStoreContract('memory', async () => new MemoryLedgerStore().port());

ledgerFilesContract('memory', async () => new MemoryLedgerFiles().port());
