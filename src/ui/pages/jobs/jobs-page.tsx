// All jobs of this coordinator, newest first, with their pictures as they fill in.
import { A, useSearchParams } from '@solidjs/router';
import { createEffect, createSignal, For, type JSX, Match, on, onCleanup, Show, Switch } from 'solid-js';
import '../../styles/jobs.css';
import type { JobSummary } from '../../../protocol/api.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import type { JobId } from '../../../protocol/ids.ts';
import { type JobsFilter, listJobs } from '../../../requester/list-jobs.ts';
import { createTitle } from '../../parts/create-title.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { Empty, Failed } from '../../parts/page-state.tsx';
import { useApp } from '../../state/app-context.ts';
import { createClock } from '../../state/create-clock.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatMoment } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { JobCard } from './job-card.tsx';
import { WORDS } from './words.ts';

const FILTERS = ['all', 'running', 'mine'] as const;
type FilterId = (typeof FILTERS)[number];
const REFRESH_MS = 3_000;
const PAGE_JOBS = 30;

export function JobsPage(): JSX.Element {
  const words = useWords(WORDS);
  createTitle(
    () => words().title,
    () => words().description,
  );
  const [search, setSearch] = useSearchParams();
  const filter = (): FilterId => FILTERS.find((id) => id === search.show) ?? 'all';
  const list = createJobList(filter);
  const nowMs = createClock();
  return (
    <>
      <PageHead title={words().title} lead={words().lead}>
        <A href="/jobs/new" class="button is-main">
          {words().newJob}
        </A>
      </PageHead>
      <fieldset class="segments job-filter">
        <legend class="sr">{words().which}</legend>
        <For each={FILTERS}>
          {(id) => (
            <button type="button" aria-pressed={filter() === id} onClick={() => setSearch({ show: id === 'all' ? null : id })}>
              {words().filters[id]}
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
              <Show when={list.fault() !== null && list.heardAtMs()}>
                {(heardAtMs) => <p class="notice is-plain small stale">{words().stale(formatMoment(heardAtMs(), nowMs()))}</p>}
              </Show>
              <ul class="job-list" role="list">
                <For each={jobs()}>{(job) => <JobCard job={job} nowMs={nowMs()} />}</For>
              </ul>
              <Show when={list.next() !== null}>
                <div class="row more">
                  <button type="button" class="button" onClick={list.more}>
                    {words().older}
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
  const words = useWords(WORDS);
  return (
    <div class="job-list late" role="status" aria-label={words().loading}>
      <For each={[1, 2, 3, 4]}>{() => <div class="skeleton bone" />}</For>
    </div>
  );
}

function NoJobs(props: { readonly filter: FilterId; readonly onShowAll: () => void }): JSX.Element {
  const words = useWords(WORDS);
  const none = () => (props.filter === 'mine' ? words().noneMine : words().noneRunning);
  return (
    <Switch>
      <Match when={props.filter === 'all'}>
        <Empty title={words().none.title} sentence={words().none.sentence}>
          <A href="/jobs/new?template=bunny" class="button is-main">
            {words().none.action}
          </A>
        </Empty>
      </Match>
      <Match when={props.filter !== 'all'}>
        <Empty title={none().title} sentence={none().sentence}>
          <div class="row">
            <A href="/jobs/new" class="button is-main">
              {words().newJob}
            </A>
            <button type="button" class="button" onClick={() => props.onShowAll()}>
              {words().showAll}
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
  /** When the list last came; null: never. */
  readonly heardAtMs: () => number | null;
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
  const [heardAtMs, setHeardAtMs] = createSignal<number | null>(null);
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
        setHeardAtMs(Date.now());
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
    heardAtMs,
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
