import { SHORTCUTS } from './shortcuts.ts';

type HelpProps = { readonly on: boolean; readonly onChange: (on: boolean) => void };

/** The shortcuts, and the switch of those that are one letter. */
export function ShortcutHelp({ on, onChange }: HelpProps) {
  return (
    <div className="approve-help">
      <ul aria-label="Keyboard shortcuts">
        {SHORTCUTS.map(([keys, does]) => (
          <li key={does} className={on ? '' : 'approve-help-off'}>
            {keys.map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}{' '}
            {does}
          </li>
        ))}
      </ul>
      <label>
        <input type="checkbox" checked={on} onChange={({ target }) => onChange(target.checked)} />
        Letter shortcuts
      </label>
    </div>
  );
}
