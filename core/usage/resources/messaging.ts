import { field, objectsIn, onlyText, type Request } from '../request-fields.ts';
import { arnIn, regional } from './extractor.ts';
import type { Place } from './place.ts';

/** A rule of another bus than the default one has the bus before its name. */
export function eventsResource(request: Request, place: Place, name: string): string | null {
  const bus = field(request, 'eventBusName');
  const busName = bus === null ? 'default' : bus.slice(bus.lastIndexOf('/') + 1);
  if (name === 'PutEvents') {
    const entries = objectsIn(request['entries']);
    const buses = [...new Set(entries.map((entry) => entry['eventBusName'] ?? 'default'))];
    const only = onlyText(buses);
    if (only === null) return null;
    return only.startsWith('arn:') ? arnIn(only) : regional('events', place, `event-bus/${only}`);
  }
  if (name.endsWith('EventBus')) {
    const named = field(request, 'name');
    return named === null ? null : regional('events', place, `event-bus/${named}`);
  }
  const rule = field(request, 'rule', 'name');
  if (rule === null || !/Rule|Targets/.test(name)) return null;
  const path = busName === 'default' ? rule : `${busName}/${rule}`;
  return regional('events', place, `rule/${path}`);
}

/** `https://sqs.eu-central-1.amazonaws.com/123456789012/name`, or a name in the caller's account. */
export function queue(request: Request, place: Place): string | null {
  const url = field(request, 'queueUrl');
  const name = field(request, 'queueName');
  if (url === null) return name === null ? null : regional('sqs', place, name);
  const match = /^https?:\/\/[^/]+\/(\d{12})\/([A-Za-z0-9_.-]{1,80})$/.exec(url);
  return match === null
    ? null
    : regional('sqs', { ...place, account: match[1] ?? '' }, match[2] ?? '');
}
