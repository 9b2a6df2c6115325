// The state of a job in one word and one tone.
import type { JSX } from 'solid-js';
import type { JobState } from '../../protocol/api.ts';
import { uiWords } from '../words.ts';

const TONES: Readonly<Record<JobState, 'live' | 'on' | 'wait' | 'off'>> = {
  running: 'live',
  done: 'on',
  cancelled: 'off',
  failed: 'wait',
  expired: 'wait',
};

export function JobStateBadge(props: { readonly state: JobState }): JSX.Element {
  return (
    <span class="badge" data-tone={TONES[props.state]}>
      {uiWords().states.jobs[props.state]}
    </span>
  );
}
