// Samples as a chart wants them: how wide a step is, every step of the time asked for, and nothing where nobody measured. PURE.
import { NETWORK_LIMITS, type SampleName, type SamplesView } from '../../src/protocol/api-network.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const STEPS_MS = [1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS);

/** The narrowest step with few enough points; what is older than a week is kept by the hour only. */
export function pickStepMs(hours: number): number {
  const spanMs = hours * HOUR_MS;
  const fits = (stepMs: number): boolean => spanMs / stepMs <= NETWORK_LIMITS.samplePoints;
  const narrow = spanMs <= NETWORK_LIMITS.minuteSamplesMs ? STEPS_MS.find(fits) : undefined;
  return narrow ?? Math.ceil(hours / NETWORK_LIMITS.samplePoints) * HOUR_MS;
}

/** Where the first step begins. */
export function firstStepMs(hours: number, nowMs: number): number {
  const stepMs = pickStepMs(hours);
  return Math.floor((nowMs - hours * HOUR_MS) / stepMs) * stepMs + stepMs;
}

type Row = Readonly<Record<SampleName, number>> & { readonly at: number };

/** `rows` in any order, at most one a step. The step under way is left out: half of it has not happened. */
export function spreadSamples(rows: readonly Row[], hours: number, nowMs: number): SamplesView {
  const stepMs = pickStepMs(hours);
  const byStep = new Map(rows.map((row) => [row.at, row]));
  const atMs: number[] = [];
  for (let at = firstStepMs(hours, nowMs); at + stepMs <= nowMs; at += stepMs) atMs.push(at);
  // what was there before the first sample was ever taken is no gap
  const from = atMs.findIndex((at) => byStep.has(at));
  const told = from < 0 ? [] : atMs.slice(from);
  const read = (name: SampleName) => told.map((at) => byStep.get(at)?.[name] ?? null);
  const series: Record<SampleName, readonly (number | null)[]> = {
    contributors: read('contributors'),
    gpus: read('gpus'),
    cpus: read('cpus'),
    jobs: read('jobs'),
    copiesOut: read('copiesOut'),
    shardsFinal: read('shardsFinal'),
    shardsFailed: read('shardsFailed'),
    votesAgreed: read('votesAgreed'),
    votesOutvoted: read('votesOutvoted'),
  };
  return { stepMs, atMs: told, series };
}

/** What may go: minutes of before a whole hour a week ago, hours of a year ago. */
export function pruneBounds(nowMs: number): { readonly minutesFromMs: number; readonly hoursFromMs: number } {
  const hourOf = (atMs: number): number => Math.floor(atMs / HOUR_MS) * HOUR_MS;
  return { minutesFromMs: hourOf(nowMs - NETWORK_LIMITS.minuteSamplesMs), hoursFromMs: hourOf(nowMs - NETWORK_LIMITS.hourSamplesMs) };
}
