import { ViewFrame } from '../../parts/view-frame.tsx';

export function View() {
  return (
    <ViewFrame title="Approve">
      <p>…</p>
    </ViewFrame>
  );
}
