import { ViewFrame } from '../../parts/view-frame.tsx';

export function View() {
  return (
    <ViewFrame title="All grants">
      <p>…</p>
    </ViewFrame>
  );
}
