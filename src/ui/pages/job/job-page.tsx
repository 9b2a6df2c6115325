// One job: its picture filling in, who agreed on what, what it costs, and how to take it home.
import { A, useParams, useSearchParams } from '@solidjs/router';
import { createMemo, createSignal, type JSX, Match, Show, Switch } from 'solid-js';
import '../../styles/job.css';
import type { JobView } from '../../../protocol/api.ts';
import type { JobId } from '../../../protocol/ids.ts';
import { createTitle } from '../../parts/create-title.ts';
import { JobStateBadge } from '../../parts/job-state-badge.tsx';
import { Mosaic } from '../../parts/mosaic/mosaic.tsx';
import { MosaicLegend } from '../../parts/mosaic/mosaic-legend.tsx';
import { countMarks } from '../../parts/mosaic/shard-mark.ts';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { useApp } from '../../state/app-context.ts';
import { createClock } from '../../state/create-clock.ts';
import { isDrawable } from '../../state/create-job-picture.ts';
import { createJobWatch, type JobWatch } from '../../state/create-job-watch.ts';
import { formatAgo, formatCount, formatPercent } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { CancelJob } from './cancel-job.tsx';
import { JobDownloads } from './job-downloads.tsx';
import { JobProgram } from './job-program.tsx';
import { JobProgress } from './job-progress.tsx';
import { JobSpending } from './job-spending.tsx';
import { JobTable } from './job-table.tsx';
import { ShardEvidence } from './shard-evidence.tsx';
import { WORDS } from './words.ts';

export function JobPage(): JSX.Element {
  const params = useParams();
  return (
    <Show when={params.id} keyed>
      {(id) => <OneJob id={Number(id) as JobId} />}
    </Show>
  );
}

function OneJob(props: { readonly id: JobId }): JSX.Element {
  const { api } = useApp();
  const words = useWords(WORDS);
  const watch = createJobWatch(api, props.id);
  createTitle(
    () => {
      const job = watch.job();
      if (!job) return words().job(props.id);
      return job.state === 'running' ? `${formatPercent(countMarks(watch.marks()).final / job.shards)} ${job.title}` : job.title;
    },
    () => {
      const job = watch.job();
      return job ? words().description(job.title) : words().anyDescription;
    },
  );
  return (
    <Switch>
      <Match when={watch.job()}>{(job) => <JobBody job={job()} watch={watch} />}</Match>
      <Match when={watch.fault()}>
        {(fault) => (
          <>
            <h1 class="sr">{words().job(props.id)}</h1>
            <Failed fault={fault()} onRetry={watch.retry} />
            <p class="row more">
              <A href="/jobs">{words().allJobs}</A>
            </p>
          </>
        )}
      </Match>
      <Match when={watch.interruption()}>
        {(sentence) => (
          <>
            <h1 class="sr">{words().job(props.id)}</h1>
            <Failed fault={{ code: 'offline', sentence: sentence() }} safe={words().keepsTrying} onRetry={watch.retry} />
          </>
        )}
      </Match>
      <Match when={true}>
        <h1 class="sr">{words().job(props.id)}</h1>
        <Loading heights={[64, 480, 96]} label={words().loading} />
      </Match>
    </Switch>
  );
}

function JobBody(props: { readonly job: JobView; readonly watch: JobWatch }): JSX.Element {
  const words = useWords(WORDS);
  const nowMs = createClock();
  const counts = createMemo(() => countMarks(props.watch.marks()));
  return (
    <>
      <div class="page-head">
        <div>
          <p class="row small muted">
            <A href="/jobs">{words().jobs}</A>
            <JobStateBadge state={props.job.state} />
          </p>
          <h1>{props.job.title}</h1>
          <p class="lead">{props.job.description}</p>
          <p class="small muted">
            {words().askedBy(props.job.isMine ? words().you : props.job.requester.name, formatAgo(props.job.createdAtMs, nowMs()))}
          </p>
        </div>
        <Show when={props.job.isMine && props.job.state === 'running'}>
          <CancelJob job={props.job} />
        </Show>
      </div>
      <Show when={props.job.reason}>
        {(reason) => (
          <p class="notice reason" lang="en">
            {reason().sentence}
          </p>
        )}
      </Show>
      <Show when={props.watch.interruption()}>
        {(sentence) => (
          <p class="notice reason">
            <span lang="en">{sentence()}</span> {words().mayBeOld}
          </p>
        )}
      </Show>
      <div class="job">
        <JobPicture job={props.job} watch={props.watch} counts={counts()} />
        <div class="side">
          <JobProgress job={props.job} counts={counts()} nowMs={nowMs()} />
          <JobSpending job={props.job} />
          <JobDownloads job={props.job} watch={props.watch} final={counts().final} />
          <JobProgram job={props.job} />
        </div>
      </div>
    </>
  );
}

function JobPicture(props: {
  readonly job: JobView;
  readonly watch: JobWatch;
  readonly counts: ReturnType<typeof countMarks>;
}): JSX.Element {
  const { contributor } = useApp();
  const words = useWords(WORDS);
  const [search, setSearch] = useSearchParams();
  const [mode, setMode] = createSignal<'picture' | 'marks'>('picture');
  const selected = createMemo(() => {
    const index = Number(search.shard ?? Number.NaN);
    return Number.isInteger(index) && index >= 0 && index < props.job.shards ? index : null;
  });
  const choose = (index: number | null): void => setSearch({ shard: index }, { replace: true, scroll: false });
  const mine = createMemo(() => {
    contributor.snapshot();
    return new Set(contributor.mineOf(props.job.id));
  });
  return (
    <div class="picture">
      <div class="tools">
        <MosaicLegend counts={props.counts} isOver={props.job.state !== 'running'} />
        <Show when={props.job.view.kind === 'picture'}>
          <ModeSwitch mode={mode()} onChange={setMode} />
        </Show>
      </div>
      <div class="frame">
        <Mosaic
          source={props.job}
          marks={props.watch.marks()}
          pixels={props.watch.pixels()}
          painted={props.watch.painted()}
          revision={props.watch.revision()}
          mode={mode()}
          mine={mine()}
          selected={selected()}
          onSelect={choose}
          label={words().mosaicOf(props.job.title, formatCount(props.counts.final), formatCount(props.job.shards))}
        />
      </div>
      <Show when={props.job.view.kind === 'picture' && !isDrawable(props.job)}>
        <p class="notice is-plain">{words().tooLargeToDraw}</p>
      </Show>
      <Show when={selected() !== null} fallback={<p class="small muted">{words().chooseShard}</p>}>
        <ShardEvidence
          job={props.job}
          index={selected() ?? 0}
          mark={props.watch.marks()[selected() ?? 0] ?? 'pending'}
          onClose={() => choose(null)}
        />
      </Show>
      <Show when={props.job.view.kind === 'table'}>
        <JobTable job={props.job} watch={props.watch} final={props.counts.final} />
      </Show>
    </div>
  );
}

function ModeSwitch(props: { readonly mode: 'picture' | 'marks'; readonly onChange: (mode: 'picture' | 'marks') => void }): JSX.Element {
  const words = useWords(WORDS);
  return (
    <div class="segments">
      <button type="button" aria-pressed={props.mode === 'picture'} onClick={() => props.onChange('picture')}>
        {words().picture}
      </button>
      <button type="button" aria-pressed={props.mode === 'marks'} onClick={() => props.onChange('marks')}>
        {words().verdicts}
      </button>
    </div>
  );
}
