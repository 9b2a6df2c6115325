// One job in the list: its mosaic, how far it is, who asked.
import { A } from '@solidjs/router';
import { type JSX, Show } from 'solid-js';
import type { JobSummary } from '../../../protocol/api.ts';
import { JobStateBadge } from '../../parts/job-state-badge.tsx';
import { ProgressBar } from '../../parts/progress-bar.tsx';
import { formatAgo, formatAmount, formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { JobThumbnail } from './job-thumbnail.tsx';
import { WORDS } from './words.ts';

export function JobCard(props: { readonly job: JobSummary; readonly nowMs: number }): JSX.Element {
  const words = useWords(WORDS);
  const job = () => props.job;
  return (
    <li class="job-card">
      <JobThumbnail job={job()} />
      <div class="body">
        <div>
          <h2>
            <A href={`/jobs/${job().id}`}>{job().title}</A>
          </h2>
          <p class="small muted">{words().card.by(job().requester.name)}</p>
        </div>
        <div class="stack tight">
          <ProgressBar
            share={job().finalShards / job().shards}
            isDone={job().state === 'done'}
            label={words().card.progressOf(job().title)}
          />
          <div class="line">
            <span class="number">{words().card.shards(formatCount(job().finalShards), formatCount(job().shards))}</span>
            <span class="number">{words().card.aCopy(formatAmount(job().pricePerCopy))}</span>
          </div>
          <div class="line">
            <span>{formatAgo(job().createdAtMs, props.nowMs)}</span>
            <Show when={job().failedShards > 0}>
              <span class="disputed">{words().card.givenUp(formatCount(job().failedShards))}</span>
            </Show>
          </div>
        </div>
      </div>
      <JobStateBadge state={job().state} />
    </li>
  );
}
