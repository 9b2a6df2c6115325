// WebGPU reports most errors aside and later; this brings them back to the call that made them.
import { EngineError, type EngineErrorCode } from '../backend.ts';

const FILTERS = ['validation', 'out-of-memory', 'internal'] as const;

/** `internal` is what a driver says of its own failure: the program may run elsewhere. */
const CODES: Readonly<Record<(typeof FILTERS)[number], EngineErrorCode>> = {
  validation: 'program',
  'out-of-memory': 'out-of-memory',
  internal: 'program',
};

const SENTENCES: Readonly<Record<(typeof FILTERS)[number], string>> = {
  validation: 'The GPU refuses this program',
  'out-of-memory': 'The GPU has no memory left for this program',
  internal: 'The GPU driver failed on this program',
};

/**
 * Runs `call` (which must be synchronous: scopes of two calls would mix) and gives its value once the GPU has looked at it.
 * Throws an EngineError: 'program', 'out-of-memory', or 'device-lost'.
 */
export async function catchGpuErrors<T>(device: GPUDevice, call: () => T): Promise<T> {
  for (const filter of FILTERS) device.pushErrorScope(filter);
  let outcome: { readonly value: T } | { readonly thrown: unknown };
  try {
    outcome = { value: call() };
  } catch (thrown) {
    outcome = { thrown };
  }
  // The last scope pushed is the first popped.
  const popped = [...FILTERS].reverse().map(async (filter) => ({ filter, error: await device.popErrorScope() }));
  const reports = await Promise.all(popped).catch((cause: unknown) => {
    throw new EngineError('device-lost', 'The GPU went away.', { cause });
  });
  if ('thrown' in outcome) {
    if (outcome.thrown instanceof EngineError) throw outcome.thrown;
    throw new EngineError('program', `The GPU refuses this program: ${String(outcome.thrown)}`, { cause: outcome.thrown });
  }
  const found = reports.find((report) => report.error !== null);
  if (found?.error) throw new EngineError(CODES[found.filter], `${SENTENCES[found.filter]}: ${found.error.message}`);
  return outcome.value;
}
