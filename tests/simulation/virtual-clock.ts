// The one clock of a simulated world: what is due runs in order, each with its promises settled before the next; nothing else passes time.

export interface VirtualClock {
  nowMs(): number;
  /** Runs `action` once after `delayMs`; the returned function calls it off. */
  after(delayMs: number, action: () => void): () => void;
  /** Runs what falls due until then; `afterEach` may stop it by saying so. */
  runUntil(untilMs: number, afterEach: () => 'go-on' | 'stop'): Promise<void>;
  /** Alarms that rang since the start. */
  readonly rung: number;
}

interface Alarm {
  readonly atMs: number;
  readonly turn: number;
  action: (() => void) | null;
}

/** Milliseconds since 1970 at which every world begins. */
export const WORLD_START_MS = 1_800_000_000_000;

export function createVirtualClock(): VirtualClock {
  const heap: Alarm[] = [];
  let nowMs = WORLD_START_MS;
  let turns = 0;
  let rung = 0;
  return {
    nowMs: () => nowMs,
    after(delayMs, action) {
      const alarm: Alarm = { atMs: nowMs + Math.max(0, delayMs), turn: turns++, action };
      push(heap, alarm);
      return () => {
        alarm.action = null;
      };
    },
    async runUntil(untilMs, afterEach) {
      for (;;) {
        const alarm = heap[0];
        if (!alarm || alarm.atMs > untilMs) break;
        pop(heap);
        if (!alarm.action) continue;
        nowMs = Math.max(nowMs, alarm.atMs);
        rung++;
        alarm.action();
        await settle();
        if (afterEach() === 'stop') return;
      }
      nowMs = Math.max(nowMs, untilMs);
    },
    get rung() {
      return rung;
    },
  };
}

/** Node runs this when the queue of promises is empty, what they add to it included; a turn of the loop would do so too, and costs more. */
function settle(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function isBefore(a: Alarm, b: Alarm): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.turn < b.turn);
}

function push(heap: Alarm[], alarm: Alarm): void {
  let at = heap.length;
  heap.push(alarm);
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isBefore(alarm, heap[above]!)) break;
    heap[at] = heap[above]!;
    at = above;
  }
  heap[at] = alarm;
}

function pop(heap: Alarm[]): void {
  const last = heap.pop()!;
  if (heap.length === 0) return;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= heap.length) break;
    if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
    if (!isBefore(heap[below]!, last)) break;
    heap[at] = heap[below]!;
    at = below;
  }
  heap[at] = last;
}
