import { execFile } from 'node:child_process';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * Tokens are stored in a 0600 file. If the operating system has a keychain with a command-line tool,
 * the file is encrypted (AES-256-GCM) with a key in that keychain: so the length of tokens does not
 * matter, and no secret is on a command line.
 */

type Keychain = {
  readonly read: () => Promise<string | null>;
  readonly write: (secret: string) => Promise<boolean>;
};

const SERVICE = 'valetkey';
const TIMEOUT_MS = 20_000;
const PREFIX = 'sealed:';

/** @returns the text unchanged if there is no keychain. */
export async function seal(text: string): Promise<string> {
  const key = await keyFor(keychain(), true);
  if (key === null) return text;
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final()]);
  return PREFIX + Buffer.concat([cipher.getAuthTag(), sealed]).toString('base64');
}

/** @returns null if the key is no longer in the keychain, or the text was changed. */
export async function openSealed(sealed: string): Promise<string | null> {
  if (!sealed.startsWith(PREFIX)) return sealed;
  const key = await keyFor(keychain(), false);
  if (key === null) return null;
  const bytes = Buffer.from(sealed.slice(PREFIX.length), 'base64');
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(16, 28));
    cipher.setAuthTag(bytes.subarray(0, 16));
    return Buffer.concat([cipher.update(bytes.subarray(28)), cipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

/** The name of the keychain in use, for `doctor`; null if there is none. */
export async function keychainName(): Promise<string | null> {
  if ((await keyFor(keychain(), false)) === null) return null;
  return process.platform === 'darwin' ? 'macOS keychain' : 'Secret Service';
}

async function keyFor(chain: Keychain | null, make: boolean): Promise<Buffer | null> {
  if (chain === null) return null;
  const kept = await chain.read();
  if (kept !== null && /^[0-9a-f]{64}$/.test(kept)) return Buffer.from(kept, 'hex');
  if (!make) return null;
  const fresh = randomBytes(32);
  await chain.write(fresh.toString('hex'));
  // A keychain that does not return the key cannot be used.
  return (await chain.read()) === fresh.toString('hex') ? fresh : null;
}

function keychain(): Keychain | null {
  if (process.platform === 'darwin') return MACOS;
  return process.platform === 'linux' && process.env['DBUS_SESSION_BUS_ADDRESS'] ? LIBSECRET : null;
}

/** `security -i` reads commands from its input, so the key is not on a command line. */
const MACOS: Keychain = {
  read: () => runTool('security', ['find-generic-password', '-s', SERVICE, '-a', 'key', '-w']),
  write: async (secret) => {
    const command = `add-generic-password -U -s ${SERVICE} -a key -w ${secret}\n`;
    return (await runTool('security', ['-i'], command)) !== null;
  },
};

/** libsecret's tool works with GNOME Keyring, KWallet and others. */
const LIBSECRET: Keychain = {
  read: () => runTool('secret-tool', ['lookup', 'service', SERVICE, 'account', 'key']),
  write: async (secret) => {
    const args = ['store', '--label', 'Valet Key', 'service', SERVICE, 'account', 'key'];
    return (await runTool('secret-tool', args, secret)) !== null;
  },
};

/** @returns the output; null if the program does not exist or fails. */
function runTool(program: string, args: readonly string[], input = ''): Promise<string | null> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { timeout: TIMEOUT_MS }, (error, out) =>
      resolve(error === null ? out.trim() : null),
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
