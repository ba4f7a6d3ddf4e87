import { ProxyAgent, fetch as through } from 'undici';

/**
 * A file of its own, loaded when there is a proxy. The package is CommonJS: bundled, `import()` of it has no
 * names, and a static import has them.
 */
export async function fetchThroughProxy(
  proxy: string,
  url: string,
  init: RequestInit,
): Promise<Response> {
  const dispatcher = new ProxyAgent(proxy);
  return (await through(url, { ...init, dispatcher } as object)) as unknown as Response;
}
