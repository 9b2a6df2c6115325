// Why something asked for was not done, beside what asked for it; nothing while there is nothing to say.
import { type JSX, Show } from 'solid-js';
import type { FaultBody } from '../../protocol/fault.ts';

/** Sentences of faults are English in every language: they are written where the fault is found, which is mostly the coordinator. */
export function Refusal(props: { readonly fault: Pick<FaultBody, 'sentence'> | string | null | undefined }): JSX.Element {
  const sentence = () => (typeof props.fault === 'string' ? props.fault : props.fault?.sentence);
  return (
    <Show when={sentence()}>
      <p class="refusal" role="alert" lang="en">
        {sentence()}
      </p>
    </Show>
  );
}
