import { Component, type ReactNode } from 'react';
import { Failed } from './failed.tsx';

type Props = { readonly children: ReactNode };
type State = { readonly error: unknown };

/** A view that fails leaves the rest of the page standing. A part that a newer page no longer has is loaded anew. */
export class CrashBoundary extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return <Failed error={new Error(EXPLAINED)} retry={() => location.reload()} />;
  }
}

const EXPLAINED =
  'This part of the page could not be shown. A newer version may have been installed: load the page again.';
