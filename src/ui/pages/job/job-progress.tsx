// How far the job is, and how long the rest may take at the pace of the last minute.
import { createEffect, createSignal, type JSX, on, Show } from 'solid-js';
import type { JobView } from '../../../protocol/api.ts';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { useApp } from '../../state/app-context.ts';
import { formatCount, formatDuration, formatPercent } from '../../state/format.ts';
import { estimateSeconds, type PaceSample } from './estimate-seconds.ts';

const KEPT_SAMPLES = 60;

export function JobProgress(props: { readonly job: JobView; readonly final: number; readonly nowMs: number }): JSX.Element {
  const { network } = useApp();
  const [samples, setSamples] = createSignal<readonly PaceSample[]>([]);
  createEffect(
    on(
      () => props.final,
      (final) => setSamples((before) => [...before, { atMs: Date.now(), final }].slice(-KEPT_SAMPLES)),
    ),
  );
  const rest = () => estimateSeconds(samples(), props.job.shards, props.nowMs);
  const hasNobody = () => props.job.state === 'running' && network.view()?.contributors === 0;
  return (
    <section class="card" aria-label="Progress">
      <div class="score">
        <span class="big number">{formatPercent(props.final / props.job.shards)}</span>
        <span class="muted number">
          {formatCount(props.final)} of {formatCount(props.job.shards)} shards
        </span>
      </div>
      <ProgressBar share={props.final / props.job.shards} isDone={props.job.state === 'done'} label="Verified shards" />
      <Show when={props.job.state === 'running'}>
        <p class="small muted line">
          <Show
            when={hasNobody()}
            fallback={rest() === null ? 'Shards are being computed.' : `About ${formatDuration(rest() ?? 0)} left at this pace.`}
          >
            Nobody contributes right now. Press Contribute in another browser and it goes on.
          </Show>
        </p>
      </Show>
      <Show when={props.job.endedAtMs}>
        {(endedAtMs) => <p class="small muted line">Took {formatDuration((endedAtMs() - props.job.createdAtMs) / 1_000)}.</p>}
      </Show>
    </section>
  );
}
