// How far the job is, and how long the rest may take at the pace of the last minute.
import { A } from '@solidjs/router';
import { createEffect, createSignal, type JSX, on, Show } from 'solid-js';
import type { JobView } from '../../../protocol/api.ts';
import type { countMarks } from '../../parts/mosaic/shard-mark.ts';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { useApp } from '../../state/app-context.ts';
import { formatCount, formatDuration, formatPercent } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { describeWait } from './describe-wait.ts';
import { estimateSeconds, type PaceSample } from './estimate-seconds.ts';
import { WORDS } from './words.ts';

const KEPT_SAMPLES = 60;

type MarkCounts = ReturnType<typeof countMarks>;

export function JobProgress(props: { readonly job: JobView; readonly counts: MarkCounts; readonly nowMs: number }): JSX.Element {
  const { network } = useApp();
  const words = useWords(WORDS);
  const final = () => props.counts.final;
  const [samples, setSamples] = createSignal<readonly PaceSample[]>([]);
  createEffect(on(final, (now) => setSamples((before) => [...before, { atMs: Date.now(), final: now }].slice(-KEPT_SAMPLES))));
  const rest = () => estimateSeconds(samples(), props.job.shards, props.nowMs);
  const wait = () =>
    describeWait({
      state: props.job.state,
      waiting: props.counts.pending + props.counts.disputed,
      quorum: props.job.spec.redundancy.quorum,
      // What was heard before the coordinator went away says nothing of now.
      contributors: network.reach() === 'ok' ? (network.view()?.contributors ?? null) : null,
    });
  return (
    <section class="card" aria-label={words().progress.title}>
      <div class="score">
        <span class="big number">{formatPercent(final() / props.job.shards)}</span>
        <span class="muted number">{words().progress.of(formatCount(final()), formatCount(props.job.shards))}</span>
      </div>
      <ProgressBar share={final() / props.job.shards} isDone={props.job.state === 'done'} label={words().progress.bar} />
      <Show when={props.job.state === 'running'}>
        <Show
          when={wait()}
          fallback={
            <p class="small muted line">
              {rest() === null ? words().progress.computing : words().progress.left(formatDuration(rest() ?? 0))}
            </p>
          }
        >
          {(sentence) => (
            <p class="notice small line" role="status">
              {sentence()} <A href="/">{words().progress.contribute}</A>
            </p>
          )}
        </Show>
      </Show>
      <Show when={props.job.endedAtMs}>
        {(endedAtMs) => (
          <p class="small muted line">{words().progress.took(formatDuration((endedAtMs() - props.job.createdAtMs) / 1_000))}</p>
        )}
      </Show>
    </section>
  );
}
