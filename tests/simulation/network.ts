// The network of a simulated world: ordered connections with delay, lag, cuts that the two ends see at different times, and silence.
import { decodeMessage, FRAME_HEADER_BYTES } from '../../src/protocol/frame.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { createMemoryPair } from '../../src/transport/memory.ts';
import type { Random } from './random.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { VirtualClock } from './virtual-clock.ts';

const CLIENT = 0;

/** What a contributor's own hands do to what it says: the wire knows nothing of it. */
export type Meddle = (messageType: string) => 'send' | 'drop' | 'twice';

export interface LinkOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly client: SimulatedProcess;
  readonly server: SimulatedProcess;
  /** One way, without chance and lag. */
  readonly latencyMs: number;
  readonly meddle: Meddle | null;
  /** Every frame that the server's process writes. */
  readonly onSaid: (frame: Uint8Array) => void;
}

export interface Link {
  readonly client: SimulatedProcess;
  readonly server: SimulatedProcess;
  readonly clientEnd: Channel;
  readonly serverEnd: Channel;
  /** Each end sees the connection end after so long; null leaves it to find out by silence. */
  cut(seen: { readonly clientMs: number | null; readonly serverMs: number | null }): void;
  /** Frames of the next while take so much longer, those under way included by order. */
  lag(extraMs: number, forMs: number): void;
  /** Nothing arrives any more, either way. */
  silence(): void;
}

export function createLink(options: LinkOptions): Link {
  const { clock, random, client, server, latencyMs, meddle } = options;
  const arrivalMs = [0, 0];
  let isSilent = false;
  let lagged = { extraMs: 0, untilMs: 0 };

  const delayFor = (from: 0 | 1): number => {
    const nowMs = clock.nowMs();
    const extraMs = nowMs < lagged.untilMs ? lagged.extraMs : 0;
    const atMs = Math.max(arrivalMs[from]!, nowMs + latencyMs * random.between(0.5, 1.5) + extraMs);
    arrivalMs[from] = atMs;
    return atMs - nowMs;
  };
  const [clientEnd, serverEnd] = createMemoryPair({
    carry(frame, deliver, from) {
      const [sender, receiver] = from === CLIENT ? [client, server] : [server, client];
      if (isSilent || !sender.isAlive) return;
      if (from !== CLIENT && frame.length > 0) options.onSaid(frame);
      const fate = from === CLIENT && meddle && frame.length > 0 ? meddle(typeOfFrame(frame)) : 'send';
      if (fate === 'drop') return;
      for (let times = fate === 'twice' ? 2 : 1; times > 0; times--) {
        clock.after(delayFor(from), () => isSilent || receiver.enter(deliver));
      }
    },
  });
  const end = (process: SimulatedProcess, channel: Channel, afterMs: number | null): void => {
    if (afterMs !== null) clock.after(afterMs, () => process.enter(() => channel.close('the network ended the connection')));
  };
  return {
    client,
    server,
    clientEnd,
    serverEnd,
    cut({ clientMs, serverMs }) {
      end(client, clientEnd, clientMs);
      end(server, serverEnd, serverMs);
    },
    lag(extraMs, forMs) {
      lagged = { extraMs, untilMs: clock.nowMs() + forMs };
    },
    silence() {
      isSilent = true;
    },
  };
}

/** Of a message in one frame; what has more frames is named by none. */
function typeOfFrame(frame: Uint8Array): string {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  if (view.getUint32(12, true) !== frame.length - FRAME_HEADER_BYTES) return '';
  const { header } = decodeMessage(frame.subarray(FRAME_HEADER_BYTES));
  return String((header as { readonly type?: unknown }).type);
}
