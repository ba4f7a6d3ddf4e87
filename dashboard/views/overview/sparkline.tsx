import { linePoints } from './scale.ts';

const [WIDTH, HEIGHT] = [96, 24];

/** How a number went over the days. The number itself stands beside it. */
export function Sparkline({ values }: { readonly values: readonly number[] }) {
  return (
    <svg
      className="overview-line"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <polyline points={linePoints(values, WIDTH, HEIGHT)} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
