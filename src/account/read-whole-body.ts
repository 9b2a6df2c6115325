// Reads an answer's body to its end, or says in one sentence that the connection was lost on the way.
import { Fault } from '../protocol/fault.ts';

/** An answer that was stopped from here is no lost connection: who stopped it must not be told of a failure. */
export function makeLostFault(cause: unknown): Fault {
  if (cause instanceof Error && cause.name === 'AbortError') return new Fault('cancelled', 'The request was stopped.', { cause });
  return new Fault('offline', 'The connection was lost in the middle of an answer; try again.', { cause });
}

export async function readWholeBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw makeLostFault(cause);
  }
}
