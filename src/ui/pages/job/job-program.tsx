// What runs: the program and its numbers, for anyone to read.
import { type JSX, Show } from 'solid-js';
import type { JobView } from '../../../protocol/api.ts';
import { formatCount } from '../../state/format.ts';

export function JobProgram(props: { readonly job: JobView }): JSX.Element {
  const stage = () => props.job.spec.stages[0];
  return (
    <section class="card" aria-labelledby="program">
      <h2 id="program">Program</h2>
      <dl class="facts small">
        <dt>Grid</dt>
        <dd class="number">{props.job.grid.join(' × ')} workgroups</dd>
        <dt>Shard</dt>
        <dd class="number">{formatCount(props.job.workgroupsPerShard)} workgroups</dd>
        <dt>Quorum</dt>
        <dd>
          {props.job.spec.redundancy.quorum} must agree, of at most {props.job.spec.redundancy.maxCopies}
        </dd>
      </dl>
      <Show when={stage()}>
        {(one) => (
          <details>
            <summary>Parameters and WGSL</summary>
            {/* A scrolling region must be reachable by keyboard. */}
            <section class="source" tabindex="0" aria-label="Parameters">
              <pre>{JSON.stringify(one().parameters, null, 1)}</pre>
            </section>
            <section class="source" tabindex="0" aria-label="WGSL source">
              <pre>{one().wgsl}</pre>
            </section>
          </details>
        )}
      </Show>
    </section>
  );
}
