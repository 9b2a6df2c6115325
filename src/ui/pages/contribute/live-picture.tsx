// The picture that is being computed: everybody's shards, with this device's own outlined in one's own colour, and what it is for.
import { A } from '@solidjs/router';
import { createEffect, createMemo, type JSX, lazy, on, Show, Suspense } from 'solid-js';
import type { JobId } from '../../../protocol/ids.ts';
import { Mosaic } from '../../parts/mosaic/mosaic.tsx';
import { countMarks } from '../../parts/mosaic/shard-mark.ts';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { useApp } from '../../state/app-context.ts';
import { createJobWatch } from '../../state/create-job-watch.ts';
import { formatCount, formatPercent } from '../../state/format.ts';
import { wearOwnColour } from '../../state/my-colour.ts';
import { useWords } from '../../state/words.ts';
import { NoPicture } from './no-picture.tsx';
import { WORDS } from './words.ts';

const JobPurpose = lazy(() => import('./job-purpose.tsx').then((room) => ({ default: room.JobPurpose })));

export function LivePicture(props: { readonly id: JobId; readonly isMine: boolean }): JSX.Element {
  const { api, contributor, session } = useApp();
  const words = useWords(WORDS);
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
  const account = () => {
    const current = session.current();
    return current.kind === 'signed-in' ? current.view.account.id : null;
  };
  return (
    <Show
      when={watch.job()}
      fallback={<NoPicture isLoading={!watch.fault() && !watch.interruption()} fault={watch.fault()} onRetry={watch.retry} />}
    >
      {(job) => (
        <>
          <figure ref={(figure) => createEffect(() => wearOwnColour(figure, account()))}>
            <div class="frame">
              <Mosaic
                source={job()}
                marks={watch.marks()}
                pixels={watch.pixels()}
                painted={watch.painted()}
                revision={watch.revision()}
                mine={mine()}
                running={running()}
                label={words().picture.label(job().title, formatCount(final()), formatCount(job().shards), formatCount(mine().size))}
              />
            </div>
            <ProgressBar share={final() / job().shards} isDone={job().state === 'done'} label={words().picture.progress(job().title)} />
            <figcaption>
              <span>
                {props.isMine ? words().picture.here : job().state === 'running' ? words().picture.now : words().picture.before}{' '}
                <A href={`/jobs/${job().id}`}>
                  <strong>{job().title}</strong>
                </A>{' '}
                {words().picture.for(job().requester.name)}
              </span>
              <span class="number">
                {words().picture.count(formatCount(final()), formatCount(job().shards), formatPercent(final() / job().shards))}
                <Show when={mine().size > 0}>
                  {' '}
                  · <span class="mine-key">{words().picture.mine(formatCount(mine().size))}</span>
                </Show>
              </span>
            </figcaption>
          </figure>
          <Show when={props.isMine}>
            <Suspense>
              <JobPurpose job={job()} />
            </Suspense>
          </Show>
        </>
      )}
    </Show>
  );
}
