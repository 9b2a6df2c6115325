// Frames over WebRTC with the stock PeerJS client, on the page: workers have no RTCPeerConnection.
import { Fault } from '../protocol/fault.ts';
import { type Channel, LOW_WATER_BYTES } from './channel.ts';
import { createChannel } from './create-channel.ts';
import { RTC_BUDGET_MS } from './open-channel.ts';
import { systemTimers, type Timers } from './timers.ts';

export interface PeerChannelOptions {
  /** The coordinator's page address; signalling goes to the same host. */
  readonly baseUrl: string;
  /** Where PeerServer is mounted (`/peer`). */
  readonly peerPath: string;
  /** The coordinator's peer id. */
  readonly coordinator: string;
  /** The id the ticket is bound to; never used twice. */
  readonly peerId: string;
  readonly ticket: string;
  /** Aborting gives the attempt up. */
  readonly signal?: AbortSignal;
  readonly budgetMs?: number;
  readonly timers?: Timers;
}

type PeerModule = typeof import('peerjs');
type Peer = InstanceType<PeerModule['Peer']>;
type DataConnection = ReturnType<Peer['connect']>;

/** Resolves with an open channel, or rejects with `offline` after the budget, on refusal and on abort; leaves nothing open then. */
export async function openPeerChannel(options: PeerChannelOptions): Promise<Channel> {
  const { Peer } = await import('peerjs');
  options.signal?.throwIfAborted();
  const { hostname, port, protocol } = new URL(options.baseUrl);
  const isSecure = protocol === 'https:';
  const peer = new Peer(options.peerId, {
    host: hostname,
    port: Number(port) || (isSecure ? 443 : 80),
    path: options.peerPath,
    secure: isSecure,
    token: options.ticket,
    debug: 0,
    // Without this the client asks Google's STUN and PeerJS's TURN servers; the coordinator's own candidate is enough.
    config: { iceServers: [] },
  });
  try {
    return await connect(peer, options);
  } catch (cause) {
    peer.destroy();
    throw cause;
  }
}

function connect(peer: Peer, options: PeerChannelOptions): Promise<Channel> {
  const { budgetMs = RTC_BUDGET_MS, timers = systemTimers, signal } = options;
  return new Promise((resolve, reject) => {
    const fail = (sentence: string, cause?: unknown): void => {
      stopAlarm();
      signal?.removeEventListener('abort', abort);
      reject(new Fault('offline', sentence, { cause }));
    };
    const abort = (): void => fail('The WebRTC attempt was given up.');
    const stopAlarm = timers.after(budgetMs, () => fail(`WebRTC did not open within ${budgetMs} ms; its UDP port may be blocked.`));
    signal?.addEventListener('abort', abort, { once: true });
    peer.on('error', (error) => fail(`WebRTC failed: ${error.message}`, error));
    peer.on('disconnected', () => fail('WebRTC failed: signalling was refused or broke off.'));
    peer.on('open', () => {
      // PeerJS's own default is unordered, and its serializers copy and chunk: frames are ours.
      const connection = peer.connect(options.coordinator, { reliable: true, serialization: 'raw' });
      connection.on('error', (error) => fail(`WebRTC failed: ${error.message}`, error));
      connection.on('open', () => {
        stopAlarm();
        signal?.removeEventListener('abort', abort);
        resolve(createPeerChannel(peer, connection, timers));
      });
    });
  });
}

/** After a close, what was sent has this long to leave the buffer: 4 MiB may be there, and a busy machine carries 1 MB/s. */
const FLUSH_MS = 10_000;
const FLUSH_POLL_MS = 20;
/** Then the last packets have this long: the data channel's own good-bye was seen to get lost while data was on its way. */
const LINGER_MS = 1_000;

/** Drives the data channel itself: `connection.send` closes silently on a throw and buffers without bound. */
function createPeerChannel(peer: Peer, connection: DataConnection, timers: Timers): Channel {
  const wire = connection.dataChannel;
  const end = createChannel('rtc', {
    write: (frame) => wire.send(frame as Uint8Array<ArrayBuffer>),
    bufferedBytes: () => wire.bufferedAmount,
    close: () => closeFlushed(wire, timers, () => peer.destroy()),
  });
  wire.binaryType = 'arraybuffer';
  wire.bufferedAmountLowThreshold = LOW_WATER_BYTES;
  wire.addEventListener('bufferedamountlow', () => end.fell());
  wire.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (data instanceof ArrayBuffer) end.arrived(new Uint8Array(data));
    else end.channel.close('the other side sent text');
  });
  wire.addEventListener('close', () => {
    end.ended('the data channel closed');
    peer.destroy();
  });
  connection.on('iceStateChanged', (state) => {
    if (state === 'failed' || state === 'closed') end.channel.close(`ICE ${state}`);
  });
  return end.channel;
}

function closeFlushed(wire: RTCDataChannel, timers: Timers, destroy: () => void): void {
  const givenUpAtMs = timers.nowMs() + FLUSH_MS;
  const flush = (): void => {
    const isFlushing = wire.readyState === 'open' && wire.bufferedAmount > 0 && timers.nowMs() < givenUpAtMs;
    if (isFlushing) return void timers.after(FLUSH_POLL_MS, flush);
    wire.close();
    timers.after(LINGER_MS, destroy);
  };
  flush();
}
