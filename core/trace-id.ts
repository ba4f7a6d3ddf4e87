/**
 * Ids of zeros alone and the version `ff` are invalid. Version `00` has 55 characters; a later one may have more parts.
 */
const TRACEPARENT =
  /^(?!ff|00.{54})[0-9a-f]{2}-(?!0{32})(?<id>[0-9a-f]{32})-(?!0{16})(?<span>[0-9a-f]{16})-(?<flags>[0-9a-f]{2})(?:-.*)?$/;

/** Version 1, the time in hexadecimal, and 96 bits. */
const XRAY_ROOT =
  /(?:^|;)\s*Root=1-(?!0{8}-0{24})(?<time>[0-9a-f]{8})-(?<rest>[0-9a-f]{24})(?:;|$)/i;

/** The trace that a call belongs to, and the span of the caller that it is a part of. */
export type TraceParent = {
  readonly traceId: string;
  readonly spanId: string;
  /** The first bit says that the caller records the trace. */
  readonly flags: number;
};

/**
 * Null where the header is not valid.
 *
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function parseTraceparent(header: string | undefined): TraceParent | null {
  const { id, span, flags } = TRACEPARENT.exec(header?.slice(0, 256).trim() ?? '')?.groups ?? {};
  if (id === undefined || span === undefined || flags === undefined) return null;
  return { traceId: id, spanId: span, flags: Number.parseInt(flags, 16) };
}

/**
 * The id of a call's trace, as OpenTelemetry writes it: that of the caller's `traceparent`, else that of X-Ray. Null
 * where there is neither. The caller chooses it, so nothing is decided by it.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function traceIdOf(
  traceparent: string | undefined,
  xray: string | undefined,
): string | null {
  const given = parseTraceparent(traceparent);
  if (given !== null) return given.traceId;
  const root = XRAY_ROOT.exec(xray ?? '')?.groups;
  return root === undefined ? null : `${root['time']}${root['rest']}`.toLowerCase();
}
