import { sha256 } from '@noble/hashes/sha2.js';

/** Stands in for `node:crypto` in the browser: the hashes that the code of the broker makes, which are all SHA-256. */

type Encoding = 'hex' | 'base64';

class Sha256 {
  readonly #hash = sha256.create();

  update(data: string | Uint8Array): this {
    this.#hash.update(typeof data === 'string' ? new TextEncoder().encode(data) : data);
    return this;
  }

  digest(): Uint8Array;
  digest(encoding: Encoding): string;
  digest(encoding?: Encoding): Uint8Array | string {
    const bytes = this.#hash.digest();
    if (encoding === undefined) return bytes;
    if (encoding === 'hex') {
      return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    }
    return btoa(String.fromCharCode(...bytes));
  }
}

/** @throws Error for every other algorithm */
export function createHash(algorithm: string): Sha256 {
  if (algorithm !== 'sha256') throw new Error(`there is no ${algorithm} in the browser`);
  return new Sha256();
}
