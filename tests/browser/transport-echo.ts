// Sends one message and waits for the same one back; runs in the page or in its worker.
import type { Channel } from '../../src/transport/channel.ts';
import { createMessageChannel } from '../../src/transport/message-channel.ts';

export interface Echo {
  readonly echoMs: number;
  readonly isSame: boolean;
}

export function echoMessage(channel: Channel, length: number): Promise<Echo> {
  const sent = Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255);
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    const pipe = createMessageChannel(channel, {
      onMessage(bytes) {
        // A heartbeat of the other side may come in between.
        if (bytes.length !== length) return;
        resolve({ echoMs: performance.now() - startMs, isSame: bytes.every((byte, i) => byte === sent[i]) });
        pipe.close('the echo is back');
      },
      onClose: (ending) => reject(new Error(ending.sentence)),
    });
    pipe.send(sent);
  });
}
