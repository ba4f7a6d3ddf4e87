import { chosenBroker } from '../broker/brokers.ts';
import type { Terminal } from '../terminal.ts';
import { keyOfBroker } from './log-key.ts';

/** `valetkey audit key` */
export async function printKey(
  { broker, json }: { readonly broker?: string; readonly json: boolean },
  out: Terminal,
): Promise<void> {
  const { key, vkey, witnesses } = await keyOfBroker(chosenBroker(broker).url);
  if (json) out.json({ origin: key.name, vkey, witnesses: witnesses });
  else out.print(vkey);
}
