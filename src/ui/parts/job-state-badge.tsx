// The state of a job in one word and one tone.
import type { JSX } from 'solid-js';
import type { JobState } from '../../protocol/api.ts';

const WORDS: Readonly<Record<JobState, { readonly label: string; readonly tone: 'live' | 'on' | 'wait' | 'off' }>> = {
  running: { label: 'Running', tone: 'live' },
  done: { label: '✓ Done', tone: 'on' },
  cancelled: { label: 'Cancelled', tone: 'off' },
  failed: { label: '! Failed', tone: 'wait' },
  expired: { label: 'Expired', tone: 'wait' },
};

export function JobStateBadge(props: { readonly state: JobState }): JSX.Element {
  return (
    <span class="badge" data-tone={WORDS[props.state].tone}>
      {WORDS[props.state].label}
    </span>
  );
}
