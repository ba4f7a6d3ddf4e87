/** `fetch` for libraries, through the proxy that the environment names for the URL, if any. */
export async function fetchThrough(url: string, init: RequestInit): Promise<Response> {
  const proxy = proxyFor(url);
  if (proxy === null) return fetch(url, init);
  const { fetchThroughProxy } = await import('./through-proxy.ts');
  return fetchThroughProxy(proxy, url, init);
}

type Env = Readonly<Record<string, string | undefined>>;

/** The proxy for a URL, from the same variables as curl; null for a direct connection. */
export function proxyFor(url: string, env: Env = process.env): string | null {
  const { protocol, hostname, port } = new URL(url);
  if (['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return null;
  const read = (name: string): string => env[name.toLowerCase()] || env[name] || '';
  const proxy = read(protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  const usedPort = port || (protocol === 'https:' ? '443' : '80');
  if (proxy === '' || isExempt(hostname, usedPort, read('NO_PROXY'))) return null;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** An entry is `*`, or a host with all its subdomains (`acme.example`, `.acme.example`), and a port or none. */
function isExempt(hostname: string, port: string, noProxy: string): boolean {
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      const [, name = '', onPort = port] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      const below = hostname === name || hostname.endsWith(`.${name}`);
      return entry === '*' || (below && name !== '' && onPort === port);
    });
}
