// How long somebody was at work within a window of time, by pieces of work that may overlap.

export function sumSpans(spans: readonly { readonly startMs: number; readonly endMs: number }[], fromMs: number, toMs: number): number {
  let total = 0;
  let reachedMs = fromMs;
  for (const { startMs, endMs } of [...spans].sort((a, b) => a.startMs - b.startMs)) {
    const begin = Math.max(startMs, reachedMs);
    const end = Math.min(endMs, toMs);
    if (end <= begin) continue;
    total += end - begin;
    reachedMs = end;
  }
  return total;
}
