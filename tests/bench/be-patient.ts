// Tries again what a coordinator with too much to do has refused, as a well-behaved client does; the waiting counts in whatever is measured.
import { setTimeout as wait } from 'node:timers/promises';
import { Fault, type FaultCode } from '../../src/protocol/fault.ts';

const RETRY_MS = 500;
const PATIENCE_MS = 60_000;

/** A refused socket does not say why: it is `offline` to its client. */
const PASSING: readonly FaultCode[] = ['overloaded', 'offline', 'too-many-requests'];

export async function bePatient<Answer>(attempt: () => Promise<Answer>): Promise<Answer> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      const isPassing = cause instanceof Fault && PASSING.includes(cause.code);
      if (!isPassing || performance.now() > deadline) throw cause;
      await wait(RETRY_MS);
    }
  }
}
