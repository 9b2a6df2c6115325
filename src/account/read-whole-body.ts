// Reads an answer's body to its end, or says in one sentence that the connection was lost on the way.
import { Fault } from '../protocol/fault.ts';

export function makeLostFault(cause: unknown): Fault {
  return new Fault('offline', 'The connection was lost in the middle of an answer; try again.', { cause });
}

export async function readWholeBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw makeLostFault(cause);
  }
}
