// Where connections become sessions: messages in are events of the coordinator, its messages go out to the session they name.
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { DeviceForm, ServerMessage } from '../../src/protocol/messages.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { systemTimers, type Timers } from '../../src/transport/timers.ts';
import type { LoadedDevice } from '../coordinator/change.ts';
import type { Deliverer, SessionKey } from '../coordinator/event.ts';
import type { CoordinatorRunner } from '../coordinator/runner.ts';
import { createCounts, type GatewayCounts } from './counts.ts';
import { GATEWAY_LIMITS, type GatewayLimits } from './limits.ts';
import { createSession, type Session } from './session.ts';
import type { TicketHolder } from './tickets.ts';

/** What the gateway needs of a logger; pino fits. */
export interface GatewayLog {
  info(facts: object, sentence: string): void;
  warn(facts: object, sentence: string): void;
}

export interface GatewayOptions {
  readonly runner: Pick<CoordinatorRunner, 'post' | 'shapeOf'>;
  readonly build: string;
  readonly epoch: number;
  /** The device's record as stored; null for one never judged. What it says of its form is kept. */
  readonly readDevice: (device: TicketHolder['device'], form: DeviceForm) => Promise<LoadedDevice | null>;
  /** What a device that was banned is told instead of being welcomed; null for any other. */
  readonly readBan?: (device: TicketHolder['device']) => Promise<FaultBody | null>;
  readonly log: GatewayLog;
  readonly limits?: Partial<GatewayLimits>;
  readonly timers?: Timers;
}

/** What the owner of a connection may still do to it. */
export interface AcceptedChannel {
  /** Something hints that the device is gone. */
  probe(): void;
}

export interface Gateway extends Deliverer {
  /** Takes the channel over. */
  accept(channel: Channel, holder: TicketHolder): AcceptedChannel;
  readonly counts: Readonly<GatewayCounts>;
  /** Tells every session of the device why, and closes it; how many there were. */
  refuseDevice(device: TicketHolder['device'], fault: FaultBody): number;
  /** Kinds of wire of the devices that are live. */
  wires(): ReadonlyMap<TicketHolder['device'], Channel['kind']>;
  /** Closes every session and refuses new ones from now on. */
  closeAll(fault: FaultBody): void;
}

const GONE: AcceptedChannel = { probe: () => {} };

export function createGateway(options: GatewayOptions): Gateway {
  const { log, timers = systemTimers } = options;
  const limits = { ...GATEWAY_LIMITS, ...options.limits };
  const counts = createCounts();
  const sessions = new Map<SessionKey, Session>();
  const flushLater = createFlushQueue(timers, limits.newsMs);
  let lastKey = 0;
  let closedWith: FaultBody | null = null;

  const byDevice = new Map<TicketHolder['device'], Set<Session>>();
  const countOf = (device: TicketHolder['device']): number => {
    let count = 0;
    for (const session of byDevice.get(device) ?? []) if (session.hasSaidHello) count++;
    return count;
  };
  const add = (session: Session): void => {
    sessions.set(session.key, session);
    const others = byDevice.get(session.holder.device);
    if (others) others.add(session);
    else byDevice.set(session.holder.device, new Set([session]));
  };
  const remove = (key: SessionKey): void => {
    const session = sessions.get(key);
    if (!session) return;
    sessions.delete(key);
    const others = byDevice.get(session.holder.device);
    others?.delete(session);
    if (others?.size === 0) byDevice.delete(session.holder.device);
  };
  const start = (channel: Channel, holder: TicketHolder): Session => {
    const key = ++lastKey;
    const facts = { session: key, account: holder.account, device: holder.device, kind: channel.kind };
    const session = createSession(key, channel, holder, {
      runner: options.runner,
      build: options.build,
      epoch: options.epoch,
      limits,
      timers,
      counts,
      flushLater,
      readDevice: options.readDevice,
      readBan: options.readBan ?? (async () => null),
      hasRoomFor: (device) => countOf(device) < limits.sessionsPerDevice,
      onLive: () => log.info(facts, 'A device connected.'),
      onEnd: (ending) => {
        remove(key);
        log.info({ ...facts, reason: ending.reason }, ending.sentence);
      },
      onBug: (cause) => log.warn({ ...facts, err: cause }, 'A session was ended by a fault of the coordinator.'),
    });
    return session;
  };
  return {
    counts,
    accept(channel, holder) {
      const session = start(channel, holder);
      const fault = closedWith ?? (sessions.size >= limits.sessions ? tooMany(limits.sessions) : null);
      if (fault) {
        session.refuse(fault);
        return GONE;
      }
      add(session);
      return session;
    },
    deliver(key: SessionKey, message: ServerMessage) {
      sessions.get(key)?.deliver(message);
    },
    resume(key: SessionKey, fault: FaultBody) {
      sessions.get(key)?.refuse(fault);
    },
    refuseDevice(device, fault) {
      const found = [...(byDevice.get(device) ?? [])];
      for (const session of found) session.refuse(fault);
      return found.length;
    },
    wires() {
      const live = [...sessions.values()].filter((session) => session.hasSaidHello);
      return new Map(live.map(({ holder, wire }) => [holder.device, wire]));
    },
    closeAll(fault) {
      closedWith = fault;
      for (const session of [...sessions.values()]) session.refuse(fault);
    },
  };
}

/** One alarm for all that came since the last one rang. */
function createFlushQueue(timers: Timers, afterMs: number): (flush: () => void) => void {
  let waiting: (() => void)[] = [];
  return (flush) => {
    if (waiting.push(flush) > 1) return;
    timers.after(afterMs, () => {
      const due = waiting;
      waiting = [];
      for (const each of due) each();
    });
  };
}

function tooMany(sessions: number): FaultBody {
  return { code: 'too-many-requests', sentence: `This coordinator serves at most ${sessions} connections at once; try again later.` };
}
