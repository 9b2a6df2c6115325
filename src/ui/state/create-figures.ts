// What a session adds up to: how busy this device was on each day, and what it earns in an hour.
import { type Accessor, createSignal } from 'solid-js';
import type { ContributorSnapshot } from '../../contributor/state.ts';
import { addBusy, type BusyLog, dayOf, loadOf, parseBusyLog } from './busy-log.ts';
import { addSample, type EarningsSample, estimateHourly, type HourlyEstimate } from './estimate-earnings.ts';
import { recall, remember } from './remember.ts';

export interface Figures {
  readonly busy: Accessor<BusyLog>;
  /** Null until enough was verified to say so. */
  readonly hourly: Accessor<HourlyEstimate | null>;
  note(snapshot: ContributorSnapshot, nowMs: number): void;
}

/** Snapshots come ten times a second; once a second is often enough to add up. */
const NOTE_EVERY_MS = 1_000;
const KEEP_EVERY_MS = 10_000;

export function createFigures(): Figures {
  const [busy, setBusy] = createSignal<BusyLog>(recall('busy', parseBusyLog) ?? []);
  const [hourly, setHourly] = createSignal<HourlyEstimate | null>(null);
  let samples: readonly EarningsSample[] = [];
  let notedAtMs = 0;
  let keptAtMs = 0;
  return {
    busy,
    hourly,
    note({ state, measured, counts, creditedMicro }, nowMs) {
      const stepMs = nowMs - notedAtMs;
      if (stepMs < NOTE_EVERY_MS && stepMs >= 0) return;
      notedAtMs = nowMs;
      // Another tab adds up what it computes itself; what is off earns nothing and costs nothing.
      if (state.kind === 'other-tab' || state.kind === 'off' || state.kind === 'starting') {
        samples = [];
        return;
      }
      samples = addSample(samples, { atMs: nowMs, creditedMicro, verified: counts.verified });
      setHourly(estimateHourly(samples));
      setBusy((log) => addBusy(log, dayOf(nowMs), stepMs, loadOf(measured)));
      if (nowMs - keptAtMs < KEEP_EVERY_MS) return;
      keptAtMs = nowMs;
      remember('busy', busy());
    },
  };
}
