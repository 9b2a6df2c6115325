// Every number the gateway holds a connection to.
import { MAX_MESSAGE_BYTES } from '../../src/protocol/frame.ts';

export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

export interface GatewayLimits {
  /** A connection that has not said hello by then is closed. */
  readonly helloMs: number;
  /** The first message of a connection: a hello is some hundred bytes. */
  readonly helloBytes: number;
  /** Receipts, credits and settlements wait so long for a message they can ride on. */
  readonly newsMs: number;
  /** Messages of one session; 64 results fit into one. */
  readonly messages: RateLimit;
  /** Bytes of one session; a gigabit line carries 125 MB/s, one device's results are far below. */
  readonly bytes: RateLimit;
  /** What a frame costs at least, so that tiny frames cannot buy much of our time. */
  readonly frameCostBytes: number;
  /** Refused messages after which the connection is closed. */
  readonly strikes: number;
  readonly sessionsPerDevice: number;
  readonly sessions: number;
}

export const GATEWAY_LIMITS: GatewayLimits = {
  helloMs: 5_000,
  helloBytes: 16_384,
  newsMs: 20,
  // a device that computes tiny shards one at a time sends each by itself
  messages: { perSecond: 500, burst: 1_000 },
  bytes: { perSecond: 2 * MAX_MESSAGE_BYTES, burst: 8 * MAX_MESSAGE_BYTES },
  frameCostBytes: 1_024,
  strikes: 3,
  sessionsPerDevice: 4,
  sessions: 5_000,
};

/** A connection refused because there is too much to do may be tried again after this. */
export const OVERLOADED_RETRY_MS = 5_000;

export interface SocketLimits {
  /** Open sockets (transport and signalling) of one address. */
  readonly perAddress: number;
  readonly inAll: number;
}

export const SOCKET_LIMITS: SocketLimits = { perAddress: 64, inAll: 10_000 };

export interface SignallingLimits {
  /** A browser sends one offer, some candidates, then a heartbeat every 5 s. */
  readonly messages: RateLimit;
  /** An offer is some 2 KB. */
  readonly messageBytes: number;
  /** A connection whose data channel has not opened by then is dropped. */
  readonly openMs: number;
  /** Each costs some 280 KB here; above this devices fall back to WebSocket. */
  readonly connections: number;
}

export const SIGNALLING_LIMITS: SignallingLimits = {
  messages: { perSecond: 10, burst: 60 },
  messageBytes: 65_536,
  openMs: 15_000,
  connections: 1_000,
};
