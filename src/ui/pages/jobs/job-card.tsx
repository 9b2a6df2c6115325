// One job in the list: its mosaic, how far it is, who asked.
import { A } from '@solidjs/router';
import { type JSX, Show } from 'solid-js';
import type { JobSummary } from '../../../protocol/api.ts';
import { JobStateBadge } from '../../parts/job-state-badge.tsx';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { formatAgo, formatAmount, formatCount } from '../../state/format.ts';
import { JobThumbnail } from './job-thumbnail.tsx';

export function JobCard(props: { readonly job: JobSummary; readonly nowMs: number }): JSX.Element {
  const job = () => props.job;
  return (
    <li class="job-card">
      <JobThumbnail job={job()} />
      <div class="body">
        <div>
          <h2>
            <A href={`/jobs/${job().id}`}>{job().title}</A>
          </h2>
          <p class="small muted">by {job().requester.name}</p>
        </div>
        <div class="stack tight">
          <ProgressBar share={job().finalShards / job().shards} isDone={job().state === 'done'} label={`Progress of ${job().title}`} />
          <div class="line">
            <span class="number">
              {formatCount(job().finalShards)} / {formatCount(job().shards)} shards
            </span>
            <span class="number">{formatAmount(job().pricePerCopy)} a copy</span>
          </div>
          <div class="line">
            <span>{formatAgo(job().createdAtMs, props.nowMs)}</span>
            <Show when={job().failedShards > 0}>
              <span class="disputed">{formatCount(job().failedShards)} given up</span>
            </Show>
          </div>
        </div>
      </div>
      <JobStateBadge state={job().state} />
    </li>
  );
}
