// What all channels share: frames held for a late owner, up to a number; and a wire that fails while it is written to.
import { describe, expect, it } from 'vitest';
import { createChannel, MAX_HELD_FRAMES } from '../../../src/transport/create-channel.ts';
import { createMemoryPair } from '../../../src/transport/memory.ts';
import { bridgeChannel, createPortChannel } from '../../../src/transport/port.ts';
import { openWebSocketChannel, type SocketLike, WEB_SOCKET_OPEN_BUDGET_MS } from '../../../src/transport/websocket.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const SILENT = { write: () => {}, bufferedBytes: () => 0, close: () => {} };

describe('frames that come before their owner', () => {
  it.each([
    [MAX_HELD_FRAMES, true],
    [MAX_HELD_FRAMES + 1, false],
  ])('%i of them are kept: %s', (count, isKept) => {
    const end = createChannel('memory', SILENT);
    for (let i = 0; i < count; i++) end.arrived(new Uint8Array(1));
    let [frames, ends] = [0, 0];
    end.channel.onClose = () => ends++;
    end.channel.onFrame = () => frames++;
    expect([frames, ends]).toEqual(isKept ? [count, 0] : [0, 1]);
  });
});

describe('a wire that throws', () => {
  it('closes its channel, and says so instead of throwing', () => {
    const end = createChannel('memory', {
      ...SILENT,
      write: () => {
        throw new Error('the wire is cut');
      },
    });
    const whys: string[] = [];
    end.channel.onClose = (why) => whys.push(why);
    expect(end.channel.send(new Uint8Array(1))).toBe(false);
    expect(whys).toEqual(['the wire is cut']);
  });
});

describe('a socket that never opens', () => {
  it('is given up after its budget', async () => {
    const clock = createFakeClock();
    let closes = 0;
    class NeverOpens implements SocketLike {
      binaryType = '';
      readyState = 0;
      bufferedAmount = 0;
      onopen = null;
      onmessage = null;
      onclose = null;
      onerror = null;
      send(): void {}
      close(): void {
        closes++;
      }
    }
    const faults: unknown[] = [];
    openWebSocketChannel({ url: 'ws://never', ticket: 't', WebSocket: NeverOpens, timers: clock }).catch((fault) => faults.push(fault));
    await clock.advance(WEB_SOCKET_OPEN_BUDGET_MS - 1);
    expect([faults.length, closes]).toEqual([0, 0]);
    await clock.advance(1);
    expect(faults).toEqual([expect.objectContaining({ code: 'offline' })]);
    expect(closes).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('is refused where the platform has no WebSocket', async () => {
    await expect(openWebSocketChannel({ url: 'ws://x', ticket: 't', WebSocket: null as never })).rejects.toMatchObject({ code: 'offline' });
  });
});

describe('a bridge to a worker', () => {
  it('ends on both sides when the page ends it', async () => {
    const [near, far] = createMemoryPair();
    const { port1, port2 } = new MessageChannel();
    const stop = bridgeChannel(near, port1);
    const inWorker = createPortChannel(port2);
    const ends = [far, inWorker].map(
      (channel) =>
        new Promise<string>((resolve) => {
          channel.onClose = resolve;
        }),
    );
    far.onFrame = () => {};
    inWorker.onFrame = () => {};
    stop('the page is leaving');
    expect(await Promise.all(ends)).toEqual(['the other side closed', 'the page is leaving']);
    port1.close();
  });
});
