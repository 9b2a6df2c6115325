// Jobs that run, with a way to end one and give back what was not paid.
import { A } from '@solidjs/router';
import { createEffect, For, type JSX, Match, on, Switch } from 'solid-js';
import type { JobSummary, JobsPage } from '../../../protocol/api.ts';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import type { AskedAct } from './act-dialog.tsx';
import { createPolled } from './create-polled.ts';
import { shortenName } from './shorten-name.ts';
import { WORDS } from './words.ts';

const REFRESH_MS = 5_000;

export function RunningJobs(props: { readonly acts: number; readonly onAct: (act: AskedAct) => void }): JSX.Element {
  const words = useWords(WORDS);
  const page = createPolled<JobsPage>(() => '/api/jobs?state=running&limit=50', REFRESH_MS);
  createEffect(on(() => props.acts, page.refresh, { defer: true }));
  const end = ({ id }: JobSummary): void => {
    const said = words().act.end;
    const job = String(id);
    props.onAct({
      path: `/api/operator/jobs/${job}/cancel`,
      title: said.title(job),
      text: said.text,
      button: said.button,
      done: said.done(job),
      word: job,
    });
  };
  return (
    <section class="card stack" aria-labelledby="jobs">
      <h2 id="jobs">{words().jobs.heading}</h2>
      <Switch>
        <Match when={page.value()?.jobs.length === 0}>
          <p class="muted">{words().jobs.none}</p>
        </Match>
        <Match when={page.value()}>
          {(view) => (
            <ul class="running" role="list">
              <For each={view().jobs}>{(job) => <JobLine job={job} onEnd={() => end(job)} />}</For>
            </ul>
          )}
        </Match>
        <Match when={page.fault()}>{(fault) => <Failed fault={fault()} onRetry={page.refresh} />}</Match>
        <Match when={true}>
          <Loading heights={[56, 56]} label={words().jobs.loading} />
        </Match>
      </Switch>
    </section>
  );
}

function JobLine(props: { readonly job: JobSummary; readonly onEnd: () => void }): JSX.Element {
  const words = useWords(WORDS);
  const job = () => props.job;
  const progress = () => words().jobs.progress(formatCount(job().finalShards), formatCount(job().shards));
  return (
    <li>
      <div>
        <A href={`/jobs/${job().id}`}>
          {job().id} · {job().title}
        </A>{' '}
        <span class="muted small">{words().jobs.by(shortenName(job().requester.name))}</span>
      </div>
      <div class="running-progress">
        <ProgressBar share={job().finalShards / job().shards} label={progress()} />
        <span class="muted small number">{progress()}</span>
      </div>
      <button type="button" class="button is-small" onClick={() => props.onEnd()}>
        {words().jobs.end}
        <span class="sr"> {job().id}</span>
      </button>
    </li>
  );
}
