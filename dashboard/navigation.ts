import { type ComponentType, lazy } from 'react';
import type { Me } from './api/types.ts';
import type { Place } from './place.ts';

/** The views of the page, in the order of the navigation. Names are a contract for people and assistive technology. */

export type ViewProps = { readonly me: Me; readonly place: Place };

export type View = {
  /** The first part of the URL after `#/`. */
  readonly path: string;
  readonly name: string;
  readonly forWhom: (me: Me) => boolean;
  readonly View: ComponentType<ViewProps>;
};

/** A view is loaded when somebody goes there. */
function later(
  load: () => Promise<{ readonly View: ComponentType<ViewProps> }>,
): ComponentType<ViewProps> {
  return lazy(async () => ({ default: (await load()).View }));
}

const everybody = (): boolean => true;
const auditors = ({ may }: Me): boolean => may.includes('audit');
const administrators = ({ may }: Me): boolean => may.includes('administer');
const auditorsAndAdministrators = (me: Me): boolean => auditors(me) || administrators(me);

export const VIEWS: readonly View[] = [
  {
    path: '',
    name: 'My access',
    forWhom: everybody,
    View: later(() => import('./views/my-access/view.tsx')),
  },
  {
    path: 'request',
    name: 'Request',
    forWhom: everybody,
    View: later(() => import('./views/request/view.tsx')),
  },
  {
    path: 'approve',
    name: 'Approve',
    forWhom: everybody,
    View: later(() => import('./views/approve/view.tsx')),
  },
  {
    path: 'grants',
    name: 'All grants',
    forWhom: auditorsAndAdministrators,
    View: later(() => import('./views/grants/view.tsx')),
  },
  {
    path: 'decisions',
    name: 'Decisions',
    forWhom: auditors,
    View: later(() => import('./views/decisions/view.tsx')),
  },
  {
    path: 'overview',
    name: 'Overview',
    forWhom: auditors,
    View: later(() => import('./views/overview/view.tsx')),
  },
  {
    path: 'usage',
    name: 'Usage',
    forWhom: auditors,
    View: later(() => import('./views/usage/view.tsx')),
  },
  {
    path: 'people',
    name: 'People',
    forWhom: administrators,
    View: later(() => import('./views/people/view.tsx')),
  },
  {
    path: 'policy',
    name: 'Policy',
    forWhom: auditors,
    View: later(() => import('./views/policy/view.tsx')),
  },
];

/** One grant: everybody who may see it has its link. */
export const GRANT_VIEW: ComponentType<ViewProps> = later(() => import('./views/grant/view.tsx'));
