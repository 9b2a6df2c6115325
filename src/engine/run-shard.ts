// Runs one shard in short slices on any backend, resting between them, until it is done or told to stop.
import type { BoundProgram } from './backend.ts';
import { dutySleepMs, type Pace, paceAfter } from './pace-slices.ts';
import type { ShardUniform } from './shard-uniform.ts';
import { countBoxWorkgroups, sliceShard } from './slice-shard.ts';

export interface Rhythm {
  readonly targetMs: number;
  /** Share of the time that may be work, 0 to 1. */
  readonly duty: number;
}

export interface ShardRun {
  /** Bound, with its outputs cleared for this shard. */
  readonly program: BoundProgram;
  readonly shard: ShardUniform;
  /** Names of the buffers to read when done. */
  readonly outputs: readonly string[];
  /** From the last run of the same program on this device, or makePace(). */
  readonly pace: Pace;
  /** Asked before every slice: the user may move the slider. */
  readonly rhythm: () => Rhythm;
  readonly nowMs: () => number;
  readonly sleepMs: (ms: number) => Promise<void>;
  readonly shouldStop: () => boolean;
  readonly onProgress?: (doneWorkgroups: number) => void;
}

export type ShardOutcome =
  | { readonly kind: 'done'; readonly outputs: ReadonlyMap<string, Uint8Array>; readonly pace: Pace; readonly computeMs: number }
  | { readonly kind: 'stopped'; readonly doneWorkgroups: number; readonly pace: Pace };

/** Throws what the backend throws (EngineError). Stops between slices only: a slice that runs is let finish. */
export async function runShard(run: ShardRun): Promise<ShardOutcome> {
  const { program, shard } = run;
  let pace = run.pace;
  let done = 0;
  let computeMs = 0;
  for (;;) {
    if (run.shouldStop()) return { kind: 'stopped', doneWorkgroups: done, pace };
    const box = sliceShard(shard, done, pace.workgroups);
    if (box === null) break;
    const { targetMs, duty } = run.rhythm();
    const startMs = run.nowMs();
    await program.dispatch(box, shard);
    const tookMs = run.nowMs() - startMs;
    const ran = countBoxWorkgroups(box);
    pace = paceAfter(pace, { asked: pace.workgroups, ran, tookMs }, targetMs);
    done += ran;
    computeMs += tookMs;
    run.onProgress?.(done);
    const restMs = done < shard.count ? dutySleepMs(tookMs, duty) : 0;
    if (restMs > 0) await run.sleepMs(restMs);
  }
  const outputs = new Map<string, Uint8Array>();
  for (const name of run.outputs) outputs.set(name, await program.read(name));
  return { kind: 'done', outputs, pace, computeMs };
}
