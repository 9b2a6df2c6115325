// A process of the simulated world: whatever wakes it comes in by one door, so that it can be killed, frozen and have a wrong clock.
import type { VirtualClock } from './virtual-clock.ts';

export interface SimulatedProcess {
  readonly name: string;
  readonly isAlive: boolean;
  readonly isFrozen: boolean;
  /** By its own clock. */
  nowMs(): number;
  after(delayMs: number, action: () => void): () => void;
  /** Something reaches the process: at once, later when it is frozen, never when it is dead. */
  enter(action: () => void): void;
  kill(): void;
  freeze(): void;
  thaw(): void;
  /** Somebody sets its clock; what it waits for takes as long as before. */
  setClock(byMs: number): void;
}

export function createProcess(clock: VirtualClock, name: string, initialSkewMs = 0): SimulatedProcess {
  let skewMs = initialSkewMs;
  let isAlive = true;
  let held: (() => void)[] | null = null;
  const enter = (action: () => void): void => {
    if (!isAlive) return;
    if (held) held.push(action);
    else action();
  };
  return {
    name,
    get isAlive() {
      return isAlive;
    },
    get isFrozen() {
      return held !== null;
    },
    // whole, as the clocks of computers are read
    nowMs: () => Math.floor(clock.nowMs()) + skewMs,
    after(delayMs, action) {
      let isCalledOff = false;
      const stop = clock.after(delayMs, () => enter(() => isCalledOff || action()));
      return () => {
        isCalledOff = true;
        stop();
      };
    },
    enter,
    kill() {
      isAlive = false;
      held = null;
    },
    setClock(byMs) {
      skewMs += byMs;
    },
    freeze() {
      held ??= [];
    },
    thaw() {
      const late = held ?? [];
      held = null;
      // one after another, as a process that wakes up finds its queues
      late.forEach((action) => clock.after(0, () => enter(action)));
    },
  };
}
