// Watches how busy the process is; when it has too much to do it hands nothing out and lets nobody new in until it has caught up.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { CoordinatorRunner } from './coordinator/runner.ts';
import { createLoadGauge, LOAD_SIGNS, type LoadLimits, type LoadSign } from './observe/load-gauge.ts';
import type { Log } from './observe/log.ts';
import type { Figure } from './observe/metrics.ts';

const READING_MS = 100;
/** The histogram counts a timer of this period; what is above it is delay. */
const RESOLUTION_MS = 10;

export interface LoadWatch {
  isOverloaded(): boolean;
  /** How late timers ran, and how much of a core was used, in the last tenth of a second. */
  reading(): { readonly loopDelayMs: number; readonly cpuShare: number };
  readonly figures: readonly Figure[];
  stop(): void;
}

export interface LoadWatchParts {
  readonly runner: Pick<CoordinatorRunner, 'post' | 'backlog'>;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly limits?: LoadLimits;
}

export function watchLoad({ runner, log, limits }: LoadWatchParts): LoadWatch {
  const gauge = createLoadGauge(limits);
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const times: Record<LoadSign, number> = { 'event-loop': 0, 'backlog-age': 0, 'backlog-size': 0 };
  let loopDelayMs = 0;
  let cpuShare = 0;
  let overloadedAtMs = 0;
  let cpuBefore = process.cpuUsage();
  let lookedAtMs = performance.now();

  function look(): void {
    const atMs = performance.now();
    // a loop that was blocked for the whole time has counted nothing yet
    if (histogram.count > 0) loopDelayMs = Math.max(0, histogram.percentile(50) / 1e6 - RESOLUTION_MS);
    histogram.reset();
    const { user, system } = process.cpuUsage(cpuBefore);
    cpuShare = (user + system) / 1_000 / Math.max(1, atMs - lookedAtMs);
    [cpuBefore, lookedAtMs] = [process.cpuUsage(), atMs];
    const reading = { atMs, loopDelayMs, cpuShare, ...runner.backlog() };
    const before = gauge.sign;
    if (!gauge.read(reading)) return;
    runner.post({ type: 'overloaded', isOverloaded: gauge.isOverloaded });
    if (gauge.sign !== null) {
      times[gauge.sign]++;
      overloadedAtMs = atMs;
      log.warn(
        { ...reading, sign: gauge.sign },
        'Too much to do: nothing is handed out and nobody new is let in until it is written down.',
      );
    } else {
      log.info({ ...reading, sign: before, tookMs: Math.round(atMs - overloadedAtMs) }, 'It is caught up: work is handed out again.');
    }
  }

  const timer = setInterval(look, READING_MS);
  return {
    isOverloaded: () => gauge.isOverloaded,
    reading: () => ({ loopDelayMs, cpuShare }),
    figures: [
      {
        name: 'overloaded',
        kind: 'level',
        help: '1 while nothing is handed out because there is too much to do.',
        read: () => (gauge.isOverloaded ? 1 : 0),
      },
      {
        name: 'overloads_total',
        kind: 'count',
        help: `Times it became so, by sign: ${LOAD_SIGNS.join(', ')}.`,
        label: 'sign',
        read: () => times,
      },
      {
        name: 'loop_delay_ms',
        kind: 'level',
        help: 'How late timers ran in the last tenth of a second, at the median.',
        read: () => loopDelayMs,
      },
    ],
    stop() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
