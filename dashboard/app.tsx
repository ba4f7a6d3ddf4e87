import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { queries, useMe } from './api/queries.ts';
import type { Me } from './api/types.ts';
import { GRANT_VIEW, VIEWS, type View, type ViewProps } from './navigation.ts';
import { followColours } from './parts/colours.ts';
import { CrashBoundary } from './parts/crash-boundary.tsx';
import { Failed } from './parts/failed.tsx';
import { Loading } from './parts/loading.tsx';
import { NoticeList, NoticesProvider } from './parts/notices.tsx';
import { Shell } from './parts/shell.tsx';
import { usePlace } from './use-place.ts';

/** Shows the page to who has signed in. */
export function showApp(into: HTMLElement): void {
  followColours();
  createRoot(into).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <NoticesProvider>
          <App />
        </NoticesProvider>
      </QueryClientProvider>
    </StrictMode>,
  );
}

function App() {
  const me = useMe();
  const place = usePlace();
  if (me.data === undefined) {
    return me.error === null ? (
      <p className="waiting" role="status">
        Loading…
      </p>
    ) : (
      <Failed error={me.error} retry={() => void me.refetch()} />
    );
  }
  const views = VIEWS.filter(({ forWhom }) => forWhom(me.data));
  const [path = '', id] = place.parts;
  const shown = views.find((view) => view.path === path);
  const isGrant = path === 'grants' && id !== undefined && id !== '';
  return (
    <Shell me={me.data} views={views} current={isGrant ? null : (shown ?? null)}>
      <NoticeList />
      <CrashBoundary key={place.parts.join('/')}>
        <Suspense fallback={<Loading />}>
          <Shown me={me.data} place={place} view={shown} isGrant={isGrant} />
        </Suspense>
      </CrashBoundary>
    </Shell>
  );
}

type ShownProps = ViewProps & { readonly view: View | undefined; readonly isGrant: boolean };

function Shown({ me, place, view, isGrant }: ShownProps) {
  if (isGrant) return <GRANT_VIEW me={me} place={place} />;
  if (view !== undefined) return <view.View me={me} place={place} />;
  return <NotForYou me={me} path={place.parts[0] ?? ''} />;
}

function NotForYou({ path }: { readonly me: Me; readonly path: string }) {
  const named = VIEWS.find((view) => view.path === path);
  return (
    <div className="empty">
      <h1>{named?.name ?? 'There is no such page'}</h1>
      <p>
        {named === undefined
          ? 'The link may be cut or mistyped.'
          : 'Policy does not let you see this. Ask your platform team.'}
      </p>
      <a href="#/">Go to My access</a>
    </div>
  );
}
