// When inputs that did not come are asked for again: what passes by itself, later each time. PURE. Woken by: a fetch that failed.
import { Fault, type FaultCode } from '../protocol/fault.ts';
import { nextAttemptMs } from '../transport/reconnect.ts';

/** Leases last tens of seconds: a longer pause would waste what is left of one. */
export const LONGEST_LOAD_RETRY_MS = 8_000;

const PASSING: ReadonlySet<FaultCode> = new Set(['offline', 'too-many-requests', 'draining', 'storage-failed']);

/** Milliseconds to wait after this many failures before; null: asking again would bring the same answer. `random` is in [0, 1). */
export function pickLoadRetryMs(fault: unknown, failures: number, random: number): number | null {
  if (!(fault instanceof Fault) || !PASSING.has(fault.code)) return null;
  const { retryAfterMs } = fault.facts;
  // Every device behind one address is told the same moment, so each adds its own bit of chance to it.
  const askedMs = typeof retryAfterMs === 'number' && retryAfterMs > 0 ? retryAfterMs : 0;
  return askedMs + Math.min(LONGEST_LOAD_RETRY_MS, nextAttemptMs(failures, random));
}
