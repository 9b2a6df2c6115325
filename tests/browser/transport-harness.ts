// Runs in a real page and opens the product's channels with the stock PeerJS client, as transport.test.ts asks.
import { encodeClientMessage } from '../../src/protocol/encode-message.ts';
import type { Fault } from '../../src/protocol/fault.ts';
import { PROTOCOL_VERSION } from '../../src/protocol/messages.ts';
import { parseServerMessage } from '../../src/protocol/parse-message.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { type ChannelEnding, createMessageChannel } from '../../src/transport/message-channel.ts';
import { openBest } from '../../src/transport/open-channel.ts';
import { openPeerChannel } from '../../src/transport/peer.ts';
import { bridgeChannel } from '../../src/transport/port.ts';
import { openWebSocketChannel } from '../../src/transport/websocket.ts';
import type { EchoReply, PageTarget, TransportHarness } from './transport-calls.ts';
import { type Echo, echoMessage } from './transport-echo.ts';

let ending: Promise<ChannelEnding> | null = null;

async function echoOver(target: PageTarget, echo: (channel: Channel) => Promise<Echo>): Promise<EchoReply> {
  const startMs = performance.now();
  const { channel, why } = await openBest({
    openRtc: () => openPeerChannel(target),
    openWs: () => openWebSocketChannel({ url: `${target.baseUrl.replace('http', 'ws')}/transport`, ticket: target.spareTicket }),
  });
  const openMs = performance.now() - startMs;
  const { kind } = channel;
  return { kind, why, openMs, ...(await echo(channel)) };
}

function runInWorker(channel: Channel, bytes: number): Promise<Echo> {
  const worker = new Worker('/transport-worker.js', { type: 'module' });
  const { port1, port2 } = new MessageChannel();
  bridgeChannel(channel, port1);
  worker.postMessage({ port: port2, bytes }, [port2]);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Echo>) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
}

const harness: TransportHarness = {
  echo: (target, bytes) => echoOver(target, (channel) => echoMessage(channel, bytes)),
  echoInWorker: (target, bytes) => echoOver(target, (channel) => runInWorker(channel, bytes)),
  async openPeerAndFail(target) {
    try {
      await openPeerChannel(target);
    } catch (fault) {
      return { code: (fault as Fault).code, sentence: (fault as Fault).message };
    }
    throw new Error('The channel opened.');
  },
  async sendAndClose(target, bytes) {
    const pipe = createMessageChannel(await openPeerChannel(target), { onMessage: () => {}, onClose: () => {} });
    pipe.send(new Uint8Array(bytes));
    await pipe.drained();
    pipe.close('stopped');
  },
  async sayHello(target) {
    const channel = await openPeerChannel(target);
    return new Promise((resolve) => {
      ending = new Promise((end) => {
        const pipe = createMessageChannel(channel, { onMessage: (bytes) => resolve(parseServerMessage(bytes).message.type), onClose: end });
        const capabilities = { engines: [], threads: 1 };
        pipe.send(encodeClientMessage({ type: 'hello', v: PROTOCOL_VERSION, build: 'page', capabilities }));
      });
    });
  },
  async ending() {
    if (!ending) throw new Error('sayHello comes first.');
    return await ending;
  },
};

Object.assign(globalThis, { transport: harness });
