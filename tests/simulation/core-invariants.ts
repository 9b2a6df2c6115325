// What must be true of the core's memory after every event, and when there is nothing left to do.
import { type CoordinatorState, findShard, sessionOfDevice } from '../../server/coordinator/state.ts';
import type { AccountId, DeviceId } from '../../src/protocol/ids.ts';
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

/** `blocked`: requesters for whom a device computes nothing, said before it asked for anything. */
export function checkLikes(state: CoordinatorState, blocked: ReadonlyMap<DeviceId, readonly AccountId[]>): void {
  for (const [device, requesters] of blocked) {
    for (const { proof } of sessionOfDevice(state, device)?.held ?? []) {
      const requester = findShard(state, proof.claim.shard)?.job.record.requester;
      const isBlocked = requester !== undefined && requesters.includes(requester);
      must(
        !isBlocked,
        'likes-kept',
        () => `Device ${device} holds shard ${proof.claim.shard} of requester ${requester}, whom it has blocked.`,
      );
    }
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
