import { ANALYTICS } from './analytics.ts';
import { COMPUTE } from './compute.ts';
import { DATABASES } from './databases.ts';
import { DELIVERY } from './delivery.ts';
import { MESSAGING } from './messaging.ts';
import { NETWORK } from './network.ts';
import { OPERATIONS } from './operations.ts';
import { SECURITY } from './security.ts';
import type { Service } from './service.ts';
import { STORAGE } from './storage.ts';

/** The services of which somebody read how CloudTrail records them. */
export const REVIEWED: readonly Service[] = [
  ...STORAGE,
  ...DATABASES,
  ...COMPUTE,
  ...MESSAGING,
  ...SECURITY,
  ...OPERATIONS,
  ...NETWORK,
  ...ANALYTICS,
  ...DELIVERY,
];
