/** How the page for people is served: what a browser may do with it, and how long it keeps its files. */

/** The types of its files, by the end of their names. */
const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  wasm: 'application/wasm',
};

export function typeOfFile(name: string): string {
  return TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
}

/** Names have the hash of the bytes, so a file never changes (RFC 8246). */
export const ASSET_CACHE = 'public, max-age=31536000, immutable';

/** A browser may keep the page but asks each time whether there is a newer one. */
export const PAGE_CACHE = 'no-cache';

/** For every file of the page. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000',
};

/**
 * What the page may load and where it may send (CSP Level 3): itself, and to sign in the identity provider. Nothing is
 * inline, nothing evaluates text, nobody frames it.
 *
 * @param providers the origins that sign-in asks
 */
export function pagePolicy(providers: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "worker-src 'self'",
    `connect-src ${["'self'", ...new Set(providers)].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types valetkey-worker',
  ].join('; ');
}

/**
 * A worker that is fetched has the policy of its own answer (CSP Level 3, section 4.2.2). That of the policy engine may
 * compile WebAssembly, which the page may not; it loads scripts of the page, and has no network besides.
 */
const ENGINE_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Headers that one file of the page has besides those of all. */
export function headersOfFile(name: string): Readonly<Record<string, string>> {
  return /^engine-[^/]*\.js$/.test(name) ? { 'content-security-policy': ENGINE_POLICY } : {};
}

export const PERMISSIONS_POLICY =
  'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-write=(self)';
