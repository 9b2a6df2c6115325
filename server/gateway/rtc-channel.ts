// A channel over a data channel of node-datachannel.
import type { DataChannel } from 'node-datachannel';
import { type Channel, LOW_WATER_BYTES } from '../../src/transport/channel.ts';
import { createChannel } from '../../src/transport/create-channel.ts';

/** Closes the data channel, then lets the connection go when what was sent has left. */
export function createRtcChannel(wire: DataChannel, drop: () => void): Channel {
  const end = createChannel('rtc', {
    write(frame) {
      if (!wire.isOpen()) throw new Error('the data channel is closing');
      wire.sendMessageBinary(frame);
    },
    bufferedBytes: () => (wire.isOpen() ? wire.bufferedAmount() : 0),
    close() {
      wire.close();
      drop();
    },
  });
  wire.setBufferedAmountLowThreshold(LOW_WATER_BYTES);
  wire.onBufferedAmountLow(() => end.fell());
  wire.onMessage((data) => {
    if (typeof data === 'string') end.channel.close('the other side sent text');
    else end.arrived(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  });
  wire.onError((why) => end.channel.close(why));
  wire.onClosed(() => {
    end.ended('the data channel closed');
    drop();
  });
  return end.channel;
}
