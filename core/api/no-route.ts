import { withoutControlCharacters } from '../text.ts';
import { type Problem, problem } from './problem.ts';
import { PAGE_ROUTES, ROUTES } from './routes.ts';

/**
 * The answer to a call that no route takes: what is wrong with its method or its path, and which is meant.
 *
 * @param path as the gateway decoded it; a stage or a custom domain may have put something in front
 */
export function noRoute(method: string, path: string): Problem {
  const methods = methodsOf(path);
  if (methods.length > 0 && !methods.includes(method.toUpperCase())) {
    const allow = methods.join(', ');
    const { status, headers, body } = problem(
      405,
      'method-not-allowed',
      'Method not allowed',
      `${shown(path)} takes ${allow}, not ${shown(method)}.`,
    );
    return { status, headers: { ...headers, allow }, body };
  }
  return problem(404, 'not-found', 'Not found', `${whatIsWrong(path)} ${LIST}`);
}

const LIST = 'GET /v1/openapi.json lists all calls.';

function whatIsWrong(path: string): string {
  const tidy = path.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
  if (tidy !== path && methodsOf(tidy).length > 0) {
    return `There is no ${shown(path)}; did you mean ${shown(tidy)}?`;
  }
  if (/\/v1\/principals\//.test(path)) return ORDERS;
  return 'There is no such call.';
}

const ORDERS =
  'A call on a principal is POST /v1/principals/{id}/revoke, /suspend or /resume, with the id percent-encoded once; an id with % or ? as a tilde and its base64url.';

/** The methods of the calls that have this path. */
function methodsOf(path: string): readonly string[] {
  const calls = Object.keys(ROUTES).filter((route) => !PAGE_ROUTES.includes(route));
  return calls.flatMap((route) => {
    const [method = '', pattern = ''] = route.split(' ');
    return patternOf(pattern).test(path) ? [method] : [];
  });
}

/** Whatever is in front of the path; an id of a principal may hold slashes. */
function patternOf(path: string): RegExp {
  const id = path.includes('/principals/') ? '.+' : '[^/]+';
  const shape = path
    .replaceAll('.', '\\.')
    .replace('{id}', id)
    .replace('{event}', '[^/]+')
    .replace('{path}', '.+');
  return new RegExp(`^(?:/[^/]+)*${shape}$`, 'su');
}

function shown(text: string): string {
  const short = text.length > 128 ? `${text.slice(0, 128)}…` : text;
  return withoutControlCharacters(short);
}
