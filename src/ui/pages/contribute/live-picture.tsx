// The picture that is being computed: everybody's shards, with this device's own outlined.
import { A } from '@solidjs/router';
import { createEffect, createMemo, type JSX, Match, on, Show, Switch } from 'solid-js';
import type { FaultBody } from '../../../protocol/fault.ts';
import type { JobId } from '../../../protocol/ids.ts';
import { Mosaic } from '../../parts/mosaic/mosaic.tsx';
import { countMarks } from '../../parts/mosaic/shard-mark.ts';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { useApp } from '../../state/app-context.ts';
import { createJobWatch } from '../../state/create-job-watch.ts';
import { formatCount, formatPercent } from '../../state/format.ts';

export function LivePicture(props: { readonly id: JobId; readonly isMine: boolean }): JSX.Element {
  const { api, contributor } = useApp();
  const watch = createJobWatch(api, props.id);
  const final = createMemo(() => countMarks(watch.marks()).final);
  createEffect(
    on([contributor.snapshot, watch.pixels], ([{ latestOutput }, pixels]) => {
      if (pixels && latestOutput?.job === props.id && latestOutput.bytes.length > 0) watch.paint(latestOutput.index, latestOutput.bytes);
    }),
  );
  const running = createMemo(() => {
    const { current } = contributor.snapshot();
    return new Set(current.filter((shard) => shard.job === props.id).map((shard) => shard.index));
  });
  const mine = createMemo(() => {
    contributor.snapshot();
    return new Set(contributor.mineOf(props.id));
  });
  return (
    <Show
      when={watch.job()}
      fallback={<NoPicture isLoading={!watch.fault() && !watch.interruption()} fault={watch.fault()} onRetry={watch.retry} />}
    >
      {(job) => (
        <figure>
          <div class="frame">
            <Mosaic
              source={job()}
              marks={watch.marks()}
              pixels={watch.pixels()}
              painted={watch.painted()}
              revision={watch.revision()}
              mine={mine()}
              running={running()}
              label={`Mosaic of ${job().title}: ${final()} of ${job().shards} shards verified, ${mine().size} computed here.`}
            />
          </div>
          <ProgressBar share={final() / job().shards} isDone={job().state === 'done'} label={`Progress of ${job().title}`} />
          <figcaption>
            <span>
              {props.isMine ? 'Computed here: ' : job().state === 'running' ? 'Being computed now: ' : 'Computed by this network: '}
              <A href={`/jobs/${job().id}`}>
                <strong>{job().title}</strong>
              </A>{' '}
              for {job().requester.name}
            </span>
            <span class="number">
              {formatCount(final())} of {formatCount(job().shards)} shards · {formatPercent(final() / job().shards)}
              <Show when={mine().size > 0}>
                {' '}
                · <span class="mine-key">{formatCount(mine().size)} mine</span>
              </Show>
            </span>
          </figcaption>
        </figure>
      )}
    </Show>
  );
}

/** Nothing to show yet: bare tesserae, why, and the way on. */
export function NoPicture(props: {
  readonly isLoading: boolean;
  readonly fault: FaultBody | null;
  readonly onRetry: () => void;
}): JSX.Element {
  return (
    <Switch>
      <Match when={props.isLoading}>
        <div class="stack late" role="status" aria-label="Loading the picture">
          <div class="skeleton bare" />
        </div>
      </Match>
      <Match when={props.fault}>
        {(fault) => (
          <div class="bare is-empty">
            <p>The jobs cannot be seen right now. {fault().sentence}</p>
            <button type="button" class="button" onClick={() => props.onRetry()}>
              Try again
            </button>
          </div>
        )}
      </Match>
      <Match when={true}>
        <div class="bare is-empty">
          <p>Nobody has asked for anything yet. Press Contribute and this device waits for the first job, or bring one yourself.</p>
          <A href="/jobs/new" class="button">
            New job
          </A>
        </div>
      </Match>
    </Switch>
  );
}
