// Two channels joined in memory, for tests and the simulation; a given scheduler may delay or lose frames.
import type { Channel } from './channel.ts';
import { type ChannelEnd, createChannel } from './create-channel.ts';

export interface MemoryWeather {
  /**
   * When, if ever, a frame arrives: hands `deliver` to a scheduler, or drops it. Order is the scheduler's to keep. `from` is the end of the
   * pair that wrote it; an empty frame says that this end closed.
   */
  carry(frame: Uint8Array, deliver: () => void, from: 0 | 1): void;
}

/** Arrives at once, but never inside the `send` that sent it. */
const FAIR: MemoryWeather = { carry: (_frame, deliver) => queueMicrotask(deliver) };

/** Frames are copied, so that neither side can change what the other reads. */
export function createMemoryPair(weather: MemoryWeather = FAIR): readonly [Channel, Channel] {
  const ends: ChannelEnd[] = [];
  for (const side of [0, 1] as const) {
    let buffered = 0;
    const end = createChannel('memory', {
      write(frame) {
        const copy = frame.slice();
        buffered += copy.length;
        const deliver = (): void => {
          buffered -= copy.length;
          ends[1 - side]?.arrived(copy);
          end.fell();
        };
        weather.carry(copy, deliver, side);
      },
      bufferedBytes: () => buffered,
      close: () => weather.carry(new Uint8Array(0), () => ends[1 - side]?.ended('the other side closed'), side),
    });
    ends.push(end);
  }
  return [(ends[0] as ChannelEnd).channel, (ends[1] as ChannelEnd).channel];
}
