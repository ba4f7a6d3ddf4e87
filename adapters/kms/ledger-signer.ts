import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import type { Unavailable } from '../../core/failure.ts';
import type { LedgerSigner } from '../../core/ledger/ledger-ports.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type NoteKey, noteWith, openNote } from '../../core/signed-note.ts';

/** Logs for operators why the key did not sign. */
type ReportFailure = (operation: string, error: unknown) => void;

const UNAVAILABLE: Unavailable = { code: 'unavailable', what: 'ledger' };

/** The structure around the 32 bytes of a public key of Ed25519 (RFC 8410, section 4). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const KEY_BYTES = 32;

/**
 * Signs with a key that never leaves KMS. What it signs is verified before anybody sees it.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html
 */
export async function kmsLedgerSigner(
  client: KMSClient,
  keyId: string,
  name: string,
  report: ReportFailure,
): Promise<Result<LedgerSigner, Unavailable>> {
  return reported('GetPublicKey', report, async () => {
    const key: NoteKey = { name, publicKey: await publicKeyOf(client, keyId) };
    return {
      key,
      sign: (text) => reported('Sign', report, () => sign(client, keyId, key, text)),
    };
  });
}

async function publicKeyOf(client: KMSClient, KeyId: string): Promise<Uint8Array> {
  const { KeySpec, KeyUsage, PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId }));
  const der = Buffer.from(PublicKey ?? []);
  const signs = KeySpec === 'ECC_NIST_EDWARDS25519' && KeyUsage === 'SIGN_VERIFY';
  const encoded =
    der.length === SPKI.length + KEY_BYTES && der.subarray(0, SPKI.length).equals(SPKI);
  if (!signs || !encoded) throw new WrongKey(`it is of ${KeySpec}, for ${KeyUsage}`);
  return der.subarray(SPKI.length);
}

/** `RAW` with this algorithm is the Ed25519 of RFC 8032, which signed notes have. */
async function sign(
  client: KMSClient,
  KeyId: string,
  key: NoteKey,
  text: string,
): Promise<Uint8Array> {
  const { Signature = new Uint8Array() } = await client.send(
    new SignCommand({
      KeyId,
      Message: Buffer.from(text),
      MessageType: 'RAW',
      SigningAlgorithm: 'ED25519_SHA_512',
    }),
  );
  const opened = openNote(noteWith(text, key, Signature), [key]);
  if (!opened.ok) throw new WrongSignature('it does not belong to the public key');
  return Signature;
}

class WrongKey extends Error {
  override readonly name = 'WrongKey';
}

class WrongSignature extends Error {
  override readonly name = 'WrongSignature';
}

async function reported<T>(
  operation: string,
  report: ReportFailure,
  call: () => Promise<T>,
): Promise<Result<T, Unavailable>> {
  try {
    return ok(await call());
  } catch (error) {
    report(operation, error);
    return err(UNAVAILABLE);
  }
}
