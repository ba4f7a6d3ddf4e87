/** The greatest value of an axis: a round number that is not below any value, and is even, so that its half is whole. */
export function roundUp(greatest: number): number {
  if (greatest <= 2) return 2;
  const unit = 10 ** Math.floor(Math.log10(greatest));
  const step = [1, 2, 3, 4, 5, 6, 8, 10].find((one) => one * unit >= greatest) ?? 10;
  const top = step * unit;
  return top % 2 === 0 ? top : top + 1;
}

/** `850 ms`, `1.2 s`, `4m12s`. */
export function inShort(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours > 0) return `${hours}h${minutes > 0 ? `${minutes}m` : ''}`;
  return `${minutes}m${whole % 60 > 0 ? `${whole % 60}s` : ''}`;
}

/** The points of a line over a picture of `width` by `height`, with room for its stroke. */
export function linePoints(values: readonly number[], width: number, height: number): string {
  const top = Math.max(1, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values
    .map((value, index) => {
      const y = height - 1 - (value / top) * (height - 2);
      return `${(index * step).toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}
