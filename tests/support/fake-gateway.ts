// A gateway over a runner that only writes down what it is told, for tests of the wire.

import type { CoordinatorEvent } from '../../server/coordinator/event.ts';
import { createGateway, type Gateway, type GatewayOptions } from '../../server/gateway/gateway.ts';
import type { TicketHolder } from '../../server/gateway/tickets.ts';
import type { AssignmentClaim } from '../../src/protocol/assignment.ts';
import { encodeClientMessage } from '../../src/protocol/encode-message.ts';
import type { AccountId, DeviceId, ShardId } from '../../src/protocol/ids.ts';
import type { ManifestOutput } from '../../src/protocol/job.ts';
import { type ClientMessage, PROTOCOL_VERSION, type ServerMessage } from '../../src/protocol/messages.ts';
import { parseServerMessage } from '../../src/protocol/parse-message.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { type ChannelEnding, createMessageChannel, type FramedChannel } from '../../src/transport/message-channel.ts';
import type { Timers } from '../../src/transport/timers.ts';

export const HELLO: ClientMessage = {
  type: 'hello',
  v: PROTOCOL_VERSION,
  build: 'test',
  capabilities: { engines: [{ kind: 'cpu', label: 'test', isFallback: false, maxBufferBytes: 1 << 20 }], threads: 1 },
};

export function makeHolder(device = 2): TicketHolder {
  return { account: 1 as AccountId, accountKind: 'guest', device: device as DeviceId, addressRange: '203.0.113.0/24' };
}

/** Of a shard of `WORKGROUPS` workgroups. */
export function makeClaim(): AssignmentClaim {
  return { epoch: 1, shard: 5 as ShardId, copy: 0, device: 2 as DeviceId, expiresAtMs: 1_000 };
}

export const WORKGROUPS = 4;

export interface FakeGateway {
  readonly gateway: Gateway;
  readonly events: CoordinatorEvent[];
  readonly log: string[];
}

export function createFakeGateway(options: Partial<GatewayOptions> & { readonly outputs?: readonly ManifestOutput[] } = {}): FakeGateway {
  const events: CoordinatorEvent[] = [];
  const log: string[] = [];
  const write = (_facts: object, sentence: string): void => void log.push(sentence);
  const gateway = createGateway({
    runner: {
      post: (event) => void events.push(event),
      shapeOf: () => (options.outputs ? { outputs: options.outputs, count: WORKGROUPS } : null),
    },
    build: 'server-build',
    epoch: 9,
    readDevice: () => Promise.resolve(null),
    log: { info: write, warn: write },
    ...options,
  });
  return { gateway, events, log };
}

/** The device's side of a connection, with all that came. */
export interface FakeDevice {
  readonly pipe: FramedChannel;
  readonly messages: ServerMessage[];
  readonly endings: ChannelEnding[];
  say(message: ClientMessage, payload?: Uint8Array): void;
  /** Resolves with the first message of this type, also one that came before. */
  next<Type extends ServerMessage['type']>(type: Type): Promise<Extract<ServerMessage, { readonly type: Type }>>;
  readonly ended: Promise<ChannelEnding>;
}

export function createFakeDevice(channel: Channel, timers?: Timers): FakeDevice {
  const messages: ServerMessage[] = [];
  const endings: ChannelEnding[] = [];
  const waiters = new Set<() => void>();
  let tellEnd: (ending: ChannelEnding) => void = () => {};
  const ended = new Promise<ChannelEnding>((resolve) => {
    tellEnd = resolve;
  });
  const pipe = createMessageChannel(channel, {
    ...(timers ? { timers } : {}),
    onMessage(bytes) {
      messages.push(parseServerMessage(bytes).message);
      for (const wake of [...waiters]) wake();
    },
    onClose(ending) {
      endings.push(ending);
      tellEnd(ending);
    },
  });
  return {
    pipe,
    messages,
    endings,
    ended,
    say: (message, payload) => pipe.send(encodeClientMessage(message, payload)),
    next(type) {
      return new Promise((resolve) => {
        const look = (): void => {
          const found = messages.find((message) => message.type === type);
          if (!found) return;
          waiters.delete(look);
          resolve(found as Extract<ServerMessage, { readonly type: typeof type }>);
        };
        waiters.add(look);
        look();
      });
    },
  };
}
