// A job spec read back from JSON: the amounts that travel as decimal strings are bigints again.
import type { JobSpec } from '../../src/protocol/job.ts';

const reviveMicro = (value: unknown): bigint | null => (typeof value === 'string' ? BigInt(value) : null);

/** It passed the gate when it was submitted, so it is not judged again: limits may have changed since. */
export function reviveSpec(stored: JobSpec): JobSpec {
  return {
    ...stored,
    maxPrice: reviveMicro(stored.maxPrice),
    providers: { ...stored.providers, price: reviveMicro(stored.providers.price) },
  };
}
