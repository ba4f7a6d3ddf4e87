import { field, plainText, type Request } from '../request-fields.ts';
import type { Place } from './place.ts';

/** Finds, in the request of a call, the ARN that an action was checked against; null where it does not tell. */
export type Extractor = (request: Request, place: Place, name: string) => string | null;

const ARN = /^arn:aws(?:-[a-z]+)*:[a-z0-9-]+:[a-z0-9-]*:(?:\d{12}|aws)?:[^\s].*$/;

export function isArn(text: string): boolean {
  return ARN.test(text);
}

/** The text if it is an ARN of one resource. */
export function arnIn(value: unknown): string | null {
  const text = plainText(value);
  return text !== null && isArn(text) ? text : null;
}

/** A resource of the caller's account in the Region of the call. */
export function regional(
  service: string,
  { partition, region, account }: Place,
  rest: string,
): string {
  return `arn:${partition}:${service}:${region}:${account}:${rest}`;
}

/** The first field that is there: an ARN as it stands, or a name that `rest` makes one of. */
export function byName(
  service: string,
  fields: readonly string[],
  rest: (name: string) => string,
): Extractor {
  return (request, place) => {
    const name = field(request, ...fields);
    if (name === null) return null;
    if (name.startsWith('arn:')) return arnIn(name);
    return /[\s:]/.test(name) ? null : regional(service, place, rest(name));
  };
}

/** The first field that is there and holds an ARN. */
export function byArn(...fields: readonly string[]): Extractor {
  return (request) => arnIn(field(request, ...fields));
}

/** The first extractor that finds something. */
export function firstOf(...extractors: readonly Extractor[]): Extractor {
  return (request, place, name) => {
    for (const extractor of extractors) {
      const found = extractor(request, place, name);
      if (found !== null) return found;
    }
    return null;
  };
}
