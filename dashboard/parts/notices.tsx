import Flashbar from '@cloudscape-design/components/flashbar';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';

/** Short notices of what was done, above the view; each can be closed, and screen readers say them. */

type Kind = 'success' | 'info' | 'warning' | 'error';
type Notice = { readonly id: string; readonly kind: Kind; readonly text: ReactNode };
type Notices = { readonly list: readonly Notice[]; readonly close: (id: string) => void };

const Shown = createContext<Notices>({ list: [], close: () => undefined });
const Tell = createContext<(kind: Kind, text: ReactNode) => void>(() => undefined);

const MOST = 3;

export function NoticesProvider({ children }: { readonly children: ReactNode }) {
  const [list, setList] = useState<readonly Notice[]>([]);
  const tell = useMemo(
    () => (kind: Kind, text: ReactNode) =>
      setList((before) => [{ id: crypto.randomUUID(), kind, text }, ...before].slice(0, MOST)),
    [],
  );
  const close = (id: string): void => setList((before) => before.filter((one) => one.id !== id));
  return (
    <Tell value={tell}>
      <Shown value={{ list, close }}>{children}</Shown>
    </Tell>
  );
}

/** Says something to the person, such as "Approved". */
export function useTell(): (kind: Kind, text: ReactNode) => void {
  return useContext(Tell);
}

export function NoticeList() {
  const { list, close } = useContext(Shown);
  if (list.length === 0) return null;
  return (
    <div className="notices">
      <Flashbar
        items={list.map(({ id, kind, text }) => ({
          id,
          type: kind,
          content: text,
          dismissible: true,
          dismissLabel: 'Close',
          onDismiss: () => close(id),
          ariaRole: kind === 'error' ? 'alert' : 'status',
        }))}
      />
    </div>
  );
}
