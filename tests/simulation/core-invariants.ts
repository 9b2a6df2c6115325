// What must be true of the core's memory after every event, and when there is nothing left to do.
import type { CoordinatorState } from '../../server/coordinator/state.ts';
import { checkJobs, checkSessions } from '../support/check-core.ts';
import { must, Violation } from './violation.ts';

export function checkState(state: CoordinatorState): void {
  try {
    checkJobs(state);
    checkSessions(state);
  } catch (cause) {
    throw new Violation('leases-counted', cause instanceof Error ? cause.message : String(cause));
  }
  for (const { session, inFlight, pendingWant } of state.sessions.values()) {
    must(inFlight >= 0 && pendingWant >= 0, 'leases-counted', () => `Session ${session} holds ${inFlight} and wants ${pendingWant}.`);
  }
}

/** Maps that outlive jobs. */
const LASTING: ReadonlySet<string> = new Set(['sessions', 'byDevice']);

export function checkRest(state: CoordinatorState): void {
  for (const [name, value] of Object.entries(state)) {
    if (LASTING.has(name) || !(value instanceof Map || value instanceof Set || Array.isArray(value))) continue;
    const size = Array.isArray(value) ? value.length : value.size;
    must(size === 0, 'memory-bounded', () => `All jobs have ended and \`${name}\` still holds ${size}.`);
  }
  must(
    state.byDevice.size <= state.sessions.size,
    'memory-bounded',
    () => `${state.byDevice.size} devices have ${state.sessions.size} sessions.`,
  );
  for (const { session, inFlight } of state.sessions.values()) {
    must(inFlight === 0, 'leases-counted', () => `All jobs have ended and session ${session} counts ${inFlight} in flight.`);
  }
}
