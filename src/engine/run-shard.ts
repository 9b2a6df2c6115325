// Runs one shard in short slices on any backend, resting between them, until it is done or told to stop.
import type { BoundProgram } from './backend.ts';
import type { DutyKeeper } from './keep-duty.ts';
import { type Pace, paceAfter } from './pace-slices.ts';
import type { ShardUniform } from './shard-uniform.ts';
import { countBoxWorkgroups, sliceShard } from './slice-shard.ts';

export interface ShardRun {
  /** Bound, with its outputs cleared for this shard. */
  readonly program: BoundProgram;
  readonly shard: ShardUniform;
  /** Names of the buffers to read when done. */
  readonly outputs: readonly string[];
  /** From the last run of the same program on this device, or makePace(). */
  readonly pace: Pace;
  /** Times the slices and rests between them; it outlives the shard, so that the rest after its last slice comes before the next one's first. */
  readonly duty: DutyKeeper;
  readonly shouldStop: () => boolean;
  readonly beforeSlice?: () => Promise<void>;
  readonly onProgress?: (doneWorkgroups: number) => void;
}

export type ShardOutcome =
  | { readonly kind: 'done'; readonly outputs: ReadonlyMap<string, Uint8Array>; readonly pace: Pace; readonly computeMs: number }
  | { readonly kind: 'stopped'; readonly doneWorkgroups: number; readonly pace: Pace };

/** Throws what the backend throws (EngineError). Stops between slices only: a slice that runs is let finish. */
export async function runShard(run: ShardRun): Promise<ShardOutcome> {
  const { program, shard, duty } = run;
  let pace = run.pace;
  let done = 0;
  let computeMs = 0;
  for (;;) {
    const box = sliceShard(shard, done, pace.workgroups);
    if (box === null) break;
    await run.beforeSlice?.();
    await duty.rest();
    if (run.shouldStop()) return { kind: 'stopped', doneWorkgroups: done, pace };
    const { targetMs } = duty.rhythm;
    const tookMs = await duty.work(
      () => program.dispatch(box, shard),
      () => program.lastWorkMs,
    );
    const ran = countBoxWorkgroups(box);
    pace = paceAfter(pace, { asked: pace.workgroups, ran, tookMs }, targetMs);
    done += ran;
    computeMs += tookMs;
    run.onProgress?.(done);
  }
  const outputs = new Map<string, Uint8Array>();
  await duty.work(async () => {
    for (const name of run.outputs) outputs.set(name, await program.read(name));
  });
  return { kind: 'done', outputs, pace, computeMs };
}
