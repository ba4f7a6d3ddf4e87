import { ViewFrame } from '../../parts/view-frame.tsx';

export function View() {
  return (
    <ViewFrame title="My access">
      <p>…</p>
    </ViewFrame>
  );
}
