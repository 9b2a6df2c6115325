// Ends every wait on a device when the device is lost: some browsers leave them hanging for ever.
import { EngineError } from '../backend.ts';

export interface LossWatch {
  /** Waits for `work`; throws an EngineError 'device-lost' if it fails or the device goes first. */
  untilLost(work: Promise<unknown>): Promise<void>;
  /** The fault of a lost device; null while it lives. */
  fault(): EngineError | null;
}

/** One listener on `device.lost` for all waits: a listener for each would stay until the device goes, thousands a minute. */
export function watchLoss(device: GPUDevice): LossWatch {
  const waiting = new Set<(fault: EngineError) => void>();
  let lost: EngineError | null = null;
  void device.lost.then(({ message }) => {
    lost = new EngineError('device-lost', `The GPU went away: ${message.trim() || 'the browser gives no reason.'}`);
    for (const reject of waiting) reject(lost);
    waiting.clear();
  });
  return {
    fault: () => lost,
    async untilLost(work) {
      if (lost !== null) throw lost;
      await new Promise<void>((resolve, reject) => {
        waiting.add(reject);
        work.then(
          () => resolve(),
          (cause: unknown) => reject(new EngineError('device-lost', 'The GPU went away.', { cause })),
        );
        void work.then(
          () => waiting.delete(reject),
          () => waiting.delete(reject),
        );
      });
    },
  };
}
