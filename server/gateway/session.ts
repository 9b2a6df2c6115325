// One connection of a device, from hello to its end: a state union, the gate of its messages, and its limits.
import { encodeServerMessage } from '../../src/protocol/encode-message.ts';
import { Fault, type FaultBody } from '../../src/protocol/fault.ts';
import {
  type ClientMessage,
  DEAD_AFTER_MS,
  type DeviceForm,
  type Envelope,
  HEARTBEAT_MS,
  PROTOCOL_VERSION,
  type ServerMessage,
} from '../../src/protocol/messages.ts';
import { parseClientMessage } from '../../src/protocol/parse-message.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { type ChannelEnding, createMessageChannel, peekFrame } from '../../src/transport/message-channel.ts';
import type { Timers } from '../../src/transport/timers.ts';
import type { LoadedDevice } from '../coordinator/change.ts';
import type { SessionKey } from '../coordinator/event.ts';
import type { CoordinatorRunner } from '../coordinator/runner.ts';
import { countRefusal, type GatewayCounts } from './counts.ts';
import { type Hello, judgeVersion } from './judge-hello.ts';
import type { GatewayLimits } from './limits.ts';
import { makeEvent } from './message-event.ts';
import type { TicketHolder } from './tickets.ts';
import { createTokenBucket } from './token-bucket.ts';

export interface SessionWorld {
  readonly runner: Pick<CoordinatorRunner, 'post' | 'shapeOf'>;
  readonly build: string;
  /** The coordinator's epoch, as told in the welcome. */
  readonly epoch: number;
  readonly limits: GatewayLimits;
  readonly timers: Timers;
  readonly counts: GatewayCounts;
  /** Runs it soon, with those of other sessions. */
  flushLater(flush: () => void): void;
  readDevice(device: TicketHolder['device'], form: DeviceForm): Promise<LoadedDevice | null>;
  readBan(device: TicketHolder['device']): Promise<FaultBody | null>;
  /** Another session of this device may be opened. */
  hasRoomFor(device: TicketHolder['device']): boolean;
  onLive(): void;
  onEnd(ending: ChannelEnding): void;
  /** A fault that is ours, not the other side's. */
  onBug(cause: unknown): void;
}

export interface Session {
  readonly key: SessionKey;
  readonly holder: TicketHolder;
  readonly wire: Channel['kind'];
  /** Live, or about to be: it counts against its device. */
  readonly hasSaidHello: boolean;
  deliver(message: ServerMessage): void;
  /** Tells why and closes. */
  refuse(fault: FaultBody): void;
  probe(): void;
}

type SessionState =
  | { readonly kind: 'waiting-for-hello'; readonly stopAlarm: () => void }
  | { readonly kind: 'opening' }
  | { readonly kind: 'live' }
  | { readonly kind: 'closing' };

/**
 * Nobody computes or stops computing because of them, so they ride on the next message to their session, or leave a little later with
 * others: a write to the system costs more than any of them.
 */
function isNews({ type }: ServerMessage): boolean {
  return type === 'receipts' || type === 'credited' || type === 'settled';
}

export function createSession(key: SessionKey, channel: Channel, holder: TicketHolder, world: SessionWorld): Session {
  const { runner, limits, timers, counts } = world;
  const messages = createTokenBucket(limits.messages, timers.nowMs());
  const bytes = createTokenBucket(limits.bytes, timers.nowMs());
  let strikes = 0;
  let state: SessionState = {
    kind: 'waiting-for-hello',
    stopAlarm: timers.after(limits.helloMs, () =>
      refuse(new Fault('bad-message', `No hello came within ${limits.helloMs} ms; connect again.`).body),
    ),
  };
  counts.sessionsWaiting++;
  if (channel.kind === 'rtc') counts.overRtc++;

  const leave = (): SessionState['kind'] => {
    const left = state;
    state = { kind: 'closing' };
    if (left.kind === 'live') counts.sessionsLive--;
    else counts.sessionsWaiting--;
    if (left.kind === 'waiting-for-hello') left.stopAlarm();
    return left.kind;
  };
  const send = (message: ServerMessage): void => {
    const encoded = encodeServerMessage(message);
    counts.messagesOut++;
    counts.bytesOut += encoded.length;
    pipe.send(encoded);
  };
  let held: ServerMessage[] = [];
  const flush = (): void => {
    const due = held;
    held = [];
    if (state.kind !== 'closing') for (const message of due) send(message);
  };
  const deliver = (message: ServerMessage): void => {
    if (isNews(message)) {
      if (held.push(message) === 1) world.flushLater(flush);
      return;
    }
    if (held.length > 0) flush();
    send(message);
  };
  const refuse = (fault: FaultBody): void => {
    countRefusal(counts, fault.code);
    deliver({ type: 'refused', fault });
    pipe.close(fault.sentence);
  };
  /** A bad message costs a strike and nothing else; the third closes. */
  const strike = (fault: FaultBody): void => {
    strikes++;
    if (strikes >= limits.strikes) return refuse(fault);
    countRefusal(counts, fault.code);
    deliver({ type: 'refused', fault });
  };
  const judgeFrame = (frame: Uint8Array): Fault | null => {
    counts.bytesIn += frame.length;
    if (!bytes.take(Math.max(frame.length, limits.frameCostBytes), timers.nowMs())) {
      return new Fault(
        'too-many-requests',
        `More than ${limits.bytes.perSecond} bytes a second came; the connection was closed, send less at once.`,
      );
    }
    const isTooEarly = state.kind === 'waiting-for-hello' && frame.length >= 16 && peekFrame(frame).total > limits.helloBytes;
    return isTooEarly ? new Fault('bad-frame', `The first message must be a hello of at most ${limits.helloBytes} bytes.`) : null;
  };
  const open = async (hello: Hello): Promise<void> => {
    try {
      const [record, ban] = await Promise.all([
        world.readDevice(holder.device, hello.capabilities.form ?? 'computer'),
        world.readBan(holder.device),
      ]);
      if (state.kind !== 'opening') return;
      if (ban) return refuse(ban);
      state = { kind: 'live' };
      counts.sessionsWaiting--;
      counts.sessionsLive++;
      counts.opened++;
      world.onLive();
      deliver({
        type: 'welcome',
        v: Math.min(hello.v, PROTOCOL_VERSION),
        build: world.build,
        epoch: world.epoch,
        account: holder.account,
        device: holder.device,
        heartbeatMs: HEARTBEAT_MS,
        deadAfterMs: DEAD_AFTER_MS,
      });
      const { account, accountKind, device, addressRange } = holder;
      runner.post({
        type: 'session-opened',
        session: key,
        account,
        accountKind,
        device,
        addressRange,
        capabilities: hello.capabilities,
        record,
      });
    } catch (cause) {
      world.onBug(cause);
      refuse({ code: 'storage-failed', sentence: 'The coordinator could not read this device’s record; connect again in a moment.' });
    }
  };
  const acceptHello = (message: ClientMessage): void => {
    if (message.type === 'heartbeat') return;
    if (message.type !== 'hello')
      return refuse({ code: 'bad-message', sentence: `The first message must be a hello, not ${message.type}.` });
    if (!world.hasRoomFor(holder.device)) {
      return refuse({
        code: 'too-many-requests',
        sentence: `This device is connected ${limits.sessionsPerDevice} times already; close one first.`,
      });
    }
    if (state.kind === 'waiting-for-hello') state.stopAlarm();
    state = { kind: 'opening' };
    void open(message);
  };
  const acceptLive = (envelope: Envelope<ClientMessage>): void => {
    const event = makeEvent(key, envelope, (shard) => runner.shapeOf(shard));
    if (event) runner.post(event);
  };
  const accept = (encoded: Uint8Array): void => {
    if (state.kind === 'closing') return;
    counts.messagesIn++;
    try {
      if (!messages.take(1, timers.nowMs())) {
        throw new Fault('too-many-requests', `More than ${limits.messages.perSecond} messages a second came; put more results into one.`);
      }
      const outdated = state.kind === 'waiting-for-hello' ? judgeVersion(encoded) : null;
      if (outdated) return refuse(outdated);
      const envelope = parseClientMessage(encoded);
      if (state.kind === 'waiting-for-hello') acceptHello(envelope.message);
      else if (state.kind === 'live') acceptLive(envelope);
      else if (envelope.message.type !== 'heartbeat') throw new Fault('bad-message', 'A message came before the welcome; wait for it.');
    } catch (cause) {
      if (cause instanceof Fault) return strike(cause.body);
      world.onBug(cause);
      refuse({ code: 'internal', sentence: 'The coordinator failed on this message; connect again.' });
    }
  };
  const tellClosed = (): void => {
    try {
      runner.post({ type: 'session-closed', session: key });
    } catch (cause) {
      // Nobody above this catches: it is called by the wire.
      world.onBug(cause);
    }
  };
  const pipe = createMessageChannel(channel, {
    timers,
    judgeFrame,
    onMessage: accept,
    onClose: (ending) => {
      if (channel.kind === 'rtc') counts.overRtc--;
      counts.ended[ending.reason]++;
      if (ending.fault) countRefusal(counts, ending.fault.code);
      const left = leave();
      world.onEnd(ending);
      if (left === 'live') tellClosed();
    },
  });
  return {
    key,
    holder,
    wire: channel.kind,
    get hasSaidHello() {
      return state.kind === 'opening' || state.kind === 'live';
    },
    deliver,
    refuse,
    probe: () => pipe.probe(),
  };
}
