// All jobs of this coordinator, newest first, with their pictures as they fill in.
import { A, useSearchParams } from '@solidjs/router';
import { createEffect, createSignal, For, type JSX, Match, on, onCleanup, Show, Switch } from 'solid-js';
import type { JobSummary } from '../../../protocol/api.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import type { JobId } from '../../../protocol/ids.ts';
import { type JobsFilter, listJobs } from '../../../requester/list-jobs.ts';
import { createTitle } from '../../parts/create-title.ts';
import { Empty, Failed } from '../../parts/page-state.tsx';
import { useApp } from '../../state/app-context.ts';
import { createClock } from '../../state/create-clock.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { JobCard } from './job-card.tsx';

const FILTERS = [
  { id: 'all', label: 'All' },
  { id: 'running', label: 'Running' },
  { id: 'mine', label: 'Mine' },
] as const;
type FilterId = (typeof FILTERS)[number]['id'];
const REFRESH_MS = 3_000;
const PAGE_JOBS = 30;

export function JobsPage(): JSX.Element {
  createTitle(() => 'Jobs');
  const [search, setSearch] = useSearchParams();
  const filter = (): FilterId => FILTERS.find(({ id }) => id === search.show)?.id ?? 'all';
  const list = createJobList(filter);
  const nowMs = createClock();
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Jobs</h1>
          <p class="lead">Questions people brought, cut into shards and answered by whoever lends a device.</p>
        </div>
        <A href="/jobs/new" class="button is-main">
          New job
        </A>
      </div>
      <fieldset class="segments job-filter">
        <legend class="sr">Which jobs</legend>
        <For each={FILTERS}>
          {({ id, label }) => (
            <button type="button" aria-pressed={filter() === id} onClick={() => setSearch({ show: id === 'all' ? null : id })}>
              {label}
            </button>
          )}
        </For>
      </fieldset>
      <Switch>
        <Match when={list.jobs() === null && list.fault()}>{(fault) => <Failed fault={fault()} onRetry={list.refresh} />}</Match>
        <Match when={list.jobs() === null}>
          <LoadingCards />
        </Match>
        <Match when={list.jobs()?.length === 0}>
          <NoJobs filter={filter()} onShowAll={() => setSearch({ show: null })} />
        </Match>
        <Match when={list.jobs()}>
          {(jobs) => (
            <>
              <ul class="job-list" role="list">
                <For each={jobs()}>{(job) => <JobCard job={job} nowMs={nowMs()} />}</For>
              </ul>
              <Show when={list.next() !== null}>
                <div class="row more">
                  <button type="button" class="button" onClick={list.more}>
                    Show older jobs
                  </button>
                </div>
              </Show>
            </>
          )}
        </Match>
      </Switch>
    </>
  );
}

function LoadingCards(): JSX.Element {
  return (
    <div class="job-list late" role="status" aria-label="Loading the jobs">
      <For each={[1, 2, 3, 4]}>{() => <div class="skeleton bone" />}</For>
    </div>
  );
}

function NoJobs(props: { readonly filter: FilterId; readonly onShowAll: () => void }): JSX.Element {
  return (
    <Switch>
      <Match when={props.filter === 'all'}>
        <Empty
          title="No job yet"
          sentence="The first one takes a minute: pick a template, try it on your own device, submit it, and watch others fill it in."
        >
          <A href="/jobs/new?template=bunny" class="button is-main">
            Start with the bunny
          </A>
        </Empty>
      </Match>
      <Match when={props.filter !== 'all'}>
        <Empty
          title={props.filter === 'mine' ? 'None of these are yours' : 'Nothing runs right now'}
          sentence={
            props.filter === 'mine'
              ? 'Jobs that you submit from this browser or with your wallet are listed here.'
              : 'Every job that was submitted has ended. Contributors wait for the next one.'
          }
        >
          <div class="row">
            <A href="/jobs/new" class="button is-main">
              New job
            </A>
            <button type="button" class="button" onClick={() => props.onShowAll()}>
              Show all jobs
            </button>
          </div>
        </Empty>
      </Match>
    </Switch>
  );
}

interface JobList {
  readonly jobs: () => readonly JobSummary[] | null;
  readonly fault: () => FaultBody | null;
  readonly next: () => JobId | null;
  refresh(): void;
  more(): void;
}

/** The first page is asked for again and again while it is seen; older pages stay as they were read. */
function createJobList(filter: () => FilterId): JobList {
  const { api } = useApp();
  const [newest, setNewest] = createSignal<readonly JobSummary[] | null>(null);
  const [older, setOlder] = createSignal<readonly JobSummary[]>([]);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const [next, setNext] = createSignal<JobId | null>(null);
  let stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const query = () => makeQuery(filter());

  const load = async (signal: AbortSignal): Promise<void> => {
    try {
      if (document.visibilityState === 'visible' || newest() === null) {
        const page = await listJobs(api, query(), signal);
        setNewest(page.jobs);
        if (older().length === 0) setNext(page.next);
        setFault(null);
      }
    } catch (error) {
      const found = describeFault(error);
      // Nobody signed in has submitted nothing yet.
      if (found.code === 'not-signed-in') setNewest([]);
      else if (found.code !== 'cancelled') setFault(found);
    }
    if (!signal.aborted) timer = setTimeout(() => void load(signal), REFRESH_MS);
  };
  const begin = (): void => {
    stop.abort();
    clearTimeout(timer);
    stop = new AbortController();
    setFault(null);
    void load(stop.signal);
  };
  createEffect(
    on(filter, () => {
      setNewest(null);
      setOlder([]);
      begin();
    }),
  );
  onCleanup(() => {
    stop.abort();
    clearTimeout(timer);
  });
  return {
    fault,
    next,
    refresh: begin,
    jobs: () => mergeJobs(newest(), older()),
    more() {
      const before = next();
      if (before === null) return;
      listJobs(api, { ...query(), before }, stop.signal).then(
        (page) => {
          setOlder((jobs) => [...jobs, ...page.jobs]);
          setNext(page.next);
        },
        (error: unknown) => setFault(describeFault(error)),
      );
    },
  };
}

/** A job may stand in an older page and in the newest, where it is fresher. */
function mergeJobs(newest: readonly JobSummary[] | null, older: readonly JobSummary[]): readonly JobSummary[] | null {
  if (!newest) return null;
  const known = new Set(newest.map(({ id }) => id));
  return [...newest, ...older.filter(({ id }) => !known.has(id))];
}

function makeQuery(filter: FilterId): JobsFilter {
  if (filter === 'mine') return { isMine: true, limit: PAGE_JOBS };
  if (filter === 'running') return { state: 'running', limit: PAGE_JOBS };
  return { limit: PAGE_JOBS };
}
