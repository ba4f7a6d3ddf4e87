import { type ReactNode, useEffect, useRef, useState } from 'react';
import { SELDOM_MS, useRead } from '../api/queries.ts';
import type { Me, QuarantineState } from '../api/types.ts';
import type { View } from '../navigation.ts';
import { linkTo } from '../place.ts';
import { signOut } from '../sign-in/session.ts';
import { Time } from './time.tsx';

type ShellProps = {
  readonly me: Me;
  readonly views: readonly View[];
  /** null on a grant, which belongs to none of them. */
  readonly current: View | null;
  readonly children: ReactNode;
};

/** The frame of the page: who is signed in, where one can go, and the view. */
export function Shell({ me, views, current, children }: ShellProps) {
  const main = useRef<HTMLElement>(null);
  const [open, setOpen] = useState(false);
  const name = current?.name;
  useEffect(() => {
    document.title = name === undefined ? 'Valet Key' : `${name} · Valet Key`;
    setOpen(false);
  }, [name]);
  return (
    <div className="shell">
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to content
      </button>
      <header className="bar">
        <button
          type="button"
          className="menu"
          aria-expanded={open}
          aria-controls="navigation"
          onClick={() => setOpen(!open)}
        >
          Menu
        </button>
        <a className="brand" href="#/">
          Valet Key
        </a>
        <span className="who" title={me.id}>
          {me.name}
        </span>
        <button type="button" className="out" onClick={signOut}>
          Sign out
        </button>
      </header>
      <nav id="navigation" className={open ? 'open' : ''} aria-label="Main">
        <ul>
          {views.map((view) => (
            <li key={view.path}>
              <a
                href={linkTo(view.path)}
                aria-current={view === current ? 'page' : undefined}
                onClick={() => setOpen(false)}
              >
                {view.name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main" ref={main} tabIndex={-1}>
        <Offline />
        <Quarantined />
        {children}
      </main>
    </div>
  );
}

/** Also to who is signed in and may do nothing about it: their requests are refused for no other reason. */
function Quarantined() {
  const { data } = useRead<QuarantineState>('/v1/quarantine', SELDOM_MS);
  const quarantine = data?.quarantine ?? null;
  if (quarantine === null) return null;
  return (
    <p className="quarantined" role="status">
      The broker gives no access now: {quarantine.reason}
      {quarantine.since !== null && (
        <>
          {' '}
          (since <Time at={quarantine.since} />)
        </>
      )}
    </p>
  );
}

function Offline() {
  const [offline, setOffline] = useState(!navigator.onLine);
  useEffect(() => {
    const read = (): void => setOffline(!navigator.onLine);
    addEventListener('online', read);
    addEventListener('offline', read);
    return () => {
      removeEventListener('online', read);
      removeEventListener('offline', read);
    };
  }, []);
  if (!offline) return null;
  return (
    <p className="offline" role="status">
      You are offline. What you see may be old; this page goes on by itself.
    </p>
  );
}
