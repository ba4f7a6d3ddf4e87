import { ViewFrame } from '../../parts/view-frame.tsx';

export function View() {
  return (
    <ViewFrame title="Request">
      <p>…</p>
    </ViewFrame>
  );
}
