// Keeps one connection to the coordinator open, for as long as the contributor is on; waits longer after each failure.
import { Fault, type FaultBody, type FaultCode } from '../protocol/fault.ts';
import type { Channel } from '../transport/channel.ts';
import { createMessageChannel, type FramedChannel } from '../transport/message-channel.ts';
import { nextAttemptMs } from '../transport/reconnect.ts';
import type { Clock } from './clock.ts';

/** Signs in where needed, gets a ticket, opens RTC or WebSocket; says which step it is at. */
export type OpenChannel = (onStep: (step: 'account' | 'connecting') => void) => Promise<Channel>;

export interface ConnectionEvents {
  /** The channel is open: time to say hello. */
  opened(channel: FramedChannel): void;
  message(bytes: Uint8Array): void;
  lost(): void;
  step(step: 'account' | 'connecting'): void;
  waiting(wait: { readonly attempt: number; readonly retryAtMs: number; readonly why: string }): void;
  /** Trying again would not help. */
  refused(fault: FaultBody): void;
}

export interface HeldConnection {
  start(): void;
  /** The coordinator said welcome: the next failure counts as the first. */
  settle(): void;
  /** Tries now what would be tried later: the network is back, the page woke up. */
  hurry(): void;
  /** Asks a connection that may be dead for a sign of life. */
  probe(): void;
  stop(): Promise<void>;
}

/** What no second attempt mends without a person. */
const FINAL_CODES: ReadonlySet<FaultCode> = new Set(['upgrade-required', 'forbidden', 'bad-origin', 'config']);

export function isFinalFault(code: FaultCode): boolean {
  return FINAL_CODES.has(code);
}

export interface HoldOptions {
  readonly openChannel: OpenChannel;
  readonly clock: Clock;
  readonly random: () => number;
  readonly on: ConnectionEvents;
}

export function holdConnection({ openChannel, clock, random, on }: HoldOptions): HeldConnection {
  let isOn = false;
  /** Told apart by number: what an attempt called off brings is thrown away. */
  let turn = 0;
  let failures = 0;
  let channel: FramedChannel | null = null;
  let stopTimer: (() => void) | null = null;

  const attempt = async (): Promise<void> => {
    stopTimer = null;
    turn += 1;
    const mine = turn;
    try {
      const raw = await openChannel((step) => mine === turn && on.step(step));
      if (mine !== turn || !isOn) return raw.close('no longer wanted');
      adopt(raw, mine);
    } catch (cause) {
      if (mine !== turn || !isOn) return;
      const fault = cause instanceof Fault ? cause : new Fault('offline', cause instanceof Error ? cause.message : String(cause));
      if (isFinalFault(fault.code)) on.refused(fault.body);
      else retry(fault.message);
    }
  };

  const adopt = (raw: Channel, mine: number): void => {
    const opened = createMessageChannel(raw, {
      timers: clock,
      onMessage: (bytes) => mine === turn && on.message(bytes),
      onClose({ sentence }) {
        if (mine !== turn) return;
        channel = null;
        on.lost();
        if (isOn) retry(sentence);
      },
    });
    channel = opened;
    on.opened(opened);
  };

  const retry = (why: string): void => {
    const delayMs = nextAttemptMs(failures, random());
    failures += 1;
    stopTimer = clock.after(delayMs, () => void attempt());
    on.waiting({ attempt: failures, retryAtMs: clock.nowMs() + delayMs, why: /[.!?]$/.test(why) ? why : `${why}.` });
  };

  return {
    start() {
      if (isOn) return;
      isOn = true;
      failures = 0;
      void attempt();
    },
    settle() {
      failures = 0;
    },
    hurry() {
      if (!isOn || stopTimer === null) return;
      stopTimer();
      void attempt();
    },
    probe() {
      channel?.probe();
    },
    async stop() {
      isOn = false;
      stopTimer?.();
      stopTimer = null;
      const open = channel;
      channel = null;
      // What was sent leaves first: closing throws away what is queued.
      await open?.drained();
      turn += 1;
      open?.close('the contributor was stopped');
    },
  };
}
