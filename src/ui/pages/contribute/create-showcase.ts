// Before this device has a job of its own: a running job of the network to look at, or the newest picture that was finished.
import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js';
import type { JobSummary } from '../../../protocol/api.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import type { JobId } from '../../../protocol/ids.ts';
import { listJobs } from '../../../requester/list-jobs.ts';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';

export interface Showcase {
  readonly job: Accessor<JobId | null>;
  readonly isLoading: Accessor<boolean>;
  /** Why the jobs cannot be seen; null when they can. */
  readonly fault: Accessor<FaultBody | null>;
  retry(): void;
}

export function pickShowcase(jobs: readonly JobSummary[]): JobId | null {
  const pictures = jobs.filter((job) => job.view.kind === 'picture');
  const running = pictures.find((job) => job.state === 'running');
  const done = pictures.find((job) => job.state === 'done');
  return (running ?? done ?? jobs.find((job) => job.state === 'running'))?.id ?? null;
}

export function createShowcase(): Showcase {
  const { api, network } = useApp();
  const [job, setJob] = createSignal<JobId | null>(null);
  const [isLoading, setLoading] = createSignal(true);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const stop = new AbortController();
  onCleanup(() => stop.abort());
  const load = async (): Promise<void> => {
    try {
      const page = await listJobs(api, { limit: 30 }, stop.signal);
      setJob(pickShowcase(page.jobs));
      setFault(null);
    } catch (error) {
      setFault(describeFault(error));
    } finally {
      setLoading(false);
    }
  };
  // The network's state is asked for every few seconds; a first job appears here with it.
  createEffect(
    on([network.reach, () => network.view()?.jobsRunning], ([reach]) => {
      if (reach !== 'unknown' && job() === null) void load();
    }),
  );
  return { job, isLoading, fault, retry: () => void load() };
}
