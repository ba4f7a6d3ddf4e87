/** The version `ff` and ids of zeros alone are invalid; a later version may have more parts. */
const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})(?<id>[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;

/** Version 1, the time in hexadecimal, and 96 bits. */
const XRAY_ROOT = /(?:^|;)\s*Root=1-(?<time>[0-9a-f]{8})-(?<rest>[0-9a-f]{24})(?:;|$)/i;

/**
 * The id of a call's trace, as OpenTelemetry writes it: that of the caller's `traceparent`, else that of X-Ray. Null
 * where there is neither. The caller chooses it, so nothing is decided by it.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function traceIdOf(
  traceparent: string | undefined,
  xray: string | undefined,
): string | null {
  const given = TRACEPARENT.exec(traceparent?.slice(0, 256).trim() ?? '')?.groups?.['id'];
  if (given !== undefined) return given;
  const root = XRAY_ROOT.exec(xray ?? '')?.groups;
  return root === undefined ? null : `${root['time']}${root['rest']}`.toLowerCase();
}
