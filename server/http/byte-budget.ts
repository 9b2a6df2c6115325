// How many bytes of uploads and downloads may be in memory at once, in all and for one address; what does not fit is asked to come back.
import { Fault } from '../../src/protocol/fault.ts';
import { MAX_BYTES_IN_FLIGHT, MAX_BYTES_IN_FLIGHT_AN_ADDRESS } from './limits.ts';

export interface ByteBudget {
  /** Gives the way to hand the bytes back, which may be called more than once. Throws `too-many-requests`. */
  take(bytes: number, address: string, isStranger: boolean): () => void;
  readonly inFlight: number;
}

const RETRY_AFTER_MS = 1_000;

export function createByteBudget(maxBytes = MAX_BYTES_IN_FLIGHT, maxBytesAnAddress = MAX_BYTES_IN_FLIGHT_AN_ADDRESS): ByteBudget {
  const byAddress = new Map<string, number>();
  let inFlight = 0;
  return {
    take(bytes, address, isStranger) {
      const mine = byAddress.get(address) ?? 0;
      if (inFlight + bytes > maxBytes || (isStranger && mine + bytes > maxBytesAnAddress)) {
        throw new Fault('too-many-requests', 'Too many bytes are under way; try again in a second.', {
          facts: { retryAfterMs: RETRY_AFTER_MS },
        });
      }
      inFlight += bytes;
      byAddress.set(address, mine + bytes);
      let isTaken = true;
      return () => {
        if (!isTaken) return;
        isTaken = false;
        inFlight -= bytes;
        const left = (byAddress.get(address) ?? 0) - bytes;
        if (left > 0) byAddress.set(address, left);
        else byAddress.delete(address);
      };
    },
    get inFlight() {
      return inFlight;
    },
  };
}
