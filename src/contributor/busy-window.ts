// How much of the last seconds was work, from what workers report now and then. PURE.

/** Short enough to follow a slider, long enough for the rests of a small share. */
export const WINDOW_MS = 4_000;
/** Less than this says nothing yet. */
const LEAST_MS = 250;

interface BusySpan {
  readonly fromMs: number;
  readonly toMs: number;
  readonly busyMs: number;
}

export interface BusyWindow {
  /** Nothing is known of the time before. */
  readonly sinceMs: number;
  readonly spans: readonly BusySpan[];
}

export function makeBusyWindow(sinceMs: number): BusyWindow {
  return { sinceMs, spans: [] };
}

/** A worker was at work for `busyMs` of the `spanMs` before now. */
export function addBusy(
  window: BusyWindow,
  { busyMs, spanMs }: { readonly busyMs: number; readonly spanMs: number },
  nowMs: number,
): BusyWindow {
  const spans = window.spans.filter(({ toMs }) => nowMs - toMs < WINDOW_MS);
  return { ...window, spans: [...spans, { fromMs: nowMs - spanMs, toMs: nowMs, busyMs: Math.min(busyMs, spanMs) }] };
}

/** Workers at work as a mean: 1.5 when one of two was at work all the time and the other half of it. */
export function meanBusy({ sinceMs, spans }: BusyWindow, nowMs: number): number {
  const lengthMs = Math.max(LEAST_MS, Math.min(WINDOW_MS, nowMs - sinceMs));
  const startMs = nowMs - lengthMs;
  const busyMs = spans.reduce((sum, span) => sum + span.busyMs * shareWithin(span, startMs, nowMs), 0);
  return busyMs / lengthMs;
}

function shareWithin({ fromMs, toMs }: BusySpan, startMs: number, endMs: number): number {
  const lengthMs = toMs - fromMs;
  if (lengthMs <= 0) return toMs >= startMs && toMs <= endMs ? 1 : 0;
  return Math.max(0, Math.min(toMs, endMs) - Math.max(fromMs, startMs)) / lengthMs;
}
