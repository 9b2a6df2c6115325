// The coordinator as a peer: answers offers that reach it through signalling and hands out open channels.
import type { PeerConnection, RtcConfig } from 'node-datachannel';
import * as v from 'valibot';
import type { Channel } from '../../src/transport/channel.ts';
import { systemTimers, type Timers } from '../../src/transport/timers.ts';
import { rewriteCandidate, rewriteDescription } from './candidate-address.ts';
import type { SignallingLimits } from './limits.ts';
import { createRtcChannel } from './rtc-channel.ts';

const shortText = v.pipe(v.string(), v.maxLength(200));
const offer = v.object({
  type: v.literal('data'),
  /** PeerJS's other serializers cut and copy on their own. */
  serialization: v.literal('raw'),
  connectionId: shortText,
  sdp: v.object({ type: v.literal('offer'), sdp: v.pipe(v.string(), v.maxLength(32_768)) }),
});
/**
 * Candidates of the other side are not read: the browser dials us and is learned from its first packet (measured with Chromium).
 * Otherwise a stranger could have us send packets to any address and look up any name.
 */
const signal = v.object({ type: v.literal('OFFER'), src: shortText, payload: offer });

/** Data sent before a close has this long to leave. */
const LINGER_MS = 1_000;
/** Chromium's own limit on one message. */
const MAX_RTC_MESSAGE_BYTES = 262_144;

export interface RtcHostOptions {
  readonly rtc: typeof import('node-datachannel');
  /** Bind to this address only; for a coordinator on loopback. */
  readonly bindAddress: string | null;
  /** One UDP port for all connections; null takes any. */
  readonly udpPort: number | null;
  readonly publicAddress: string | null;
  readonly limits: SignallingLimits;
  /** Sends through PeerServer. */
  readonly say: (message: object) => void;
  /** May `peer` open a connection (its one)? */
  readonly authorize: (peer: string) => boolean;
  readonly onChannel: (peer: string, channel: Channel) => void;
  readonly onRefused: (peer: string, why: string) => void;
  readonly timers?: Timers;
}

export interface RtcHost {
  /** A message that PeerServer brought; `src` in it is stamped by PeerServer. */
  accept(message: unknown): void;
  readonly connections: number;
  closeAll(): void;
}

export function createRtcHost(options: RtcHostOptions): RtcHost {
  const { timers = systemTimers, publicAddress, say } = options;
  const connections = new Map<string, PeerConnection>();
  const config: RtcConfig = {
    iceServers: [],
    maxMessageSize: MAX_RTC_MESSAGE_BYTES,
    ...(options.bindAddress === null ? {} : { bindAddress: options.bindAddress }),
    ...(options.udpPort === null ? {} : { enableIceUdpMux: true, portRangeBegin: options.udpPort, portRangeEnd: options.udpPort }),
  };

  const drop = (key: string): void => {
    const connection = connections.get(key);
    if (!connection) return;
    connections.delete(key);
    timers.after(LINGER_MS, () => connection.close());
  };
  const answer = (peer: string, key: string, { connectionId, sdp }: v.InferOutput<typeof offer>): void => {
    const reply = (type: 'ANSWER' | 'CANDIDATE', payload: object): void =>
      say({ type, dst: peer, payload: { type: 'data', connectionId, ...payload } });
    const connection = new options.rtc.PeerConnection(peer, config);
    connections.set(key, connection);
    const stopAlarm = timers.after(options.limits.openMs, () => drop(key));
    connection.onLocalDescription((text, type) => reply('ANSWER', { sdp: { type, sdp: rewriteDescription(text, publicAddress) } }));
    connection.onLocalCandidate((text, sdpMid) => {
      const rewritten = rewriteCandidate(text, publicAddress);
      if (rewritten !== null) reply('CANDIDATE', { candidate: { candidate: rewritten, sdpMid, sdpMLineIndex: 0 } });
    });
    connection.onStateChange((state) => {
      if (state === 'failed' || state === 'closed') drop(key);
    });
    let hasChannel = false;
    connection.onDataChannel((wire) => {
      // One channel a connection: further ones would be sessions that no ticket was spent on.
      if (hasChannel) return wire.close();
      hasChannel = true;
      stopAlarm();
      options.onChannel(
        peer,
        createRtcChannel(wire, () => drop(key)),
      );
    });
    connection.setRemoteDescription(dropCandidates(sdp.sdp), 'offer');
  };
  const acceptOffer = (peer: string, key: string, payload: v.InferOutput<typeof offer>): void => {
    if (connections.has(key)) return;
    if (connections.size >= options.limits.connections)
      return options.onRefused(peer, `${options.limits.connections} WebRTC connections are open`);
    if (!options.authorize(peer)) return options.onRefused(peer, 'its ticket is spent or its signalling is gone');
    try {
      answer(peer, key, payload);
    } catch (cause) {
      // The description is the browser's text, and the native parser throws on what it does not like.
      options.onRefused(peer, cause instanceof Error ? cause.message : 'its offer could not be read');
      drop(key);
    }
  };
  return {
    accept(message) {
      const parsed = v.safeParse(signal, message);
      if (!parsed.success) return;
      const { src, payload } = parsed.output;
      acceptOffer(src, `${src}/${payload.connectionId}`, payload);
    },
    get connections() {
      return connections.size;
    },
    closeAll() {
      for (const key of [...connections.keys()]) drop(key);
    },
  };
}

/** A description may carry candidates too. */
function dropCandidates(sdp: string): string {
  const lines = sdp.split(/\r?\n/);
  return lines.filter((line) => !/^a=(candidate:|end-of-candidates)/.test(line)).join('\r\n');
}
