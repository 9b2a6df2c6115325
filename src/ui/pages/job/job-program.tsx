// What runs: the program and its numbers, for anyone to read.
import { type JSX, Show } from 'solid-js';
import type { JobView } from '../../../protocol/api.ts';
import { formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export function JobProgram(props: { readonly job: JobView }): JSX.Element {
  const words = useWords(WORDS);
  const stage = () => props.job.spec.stages[0];
  return (
    <section class="card" aria-labelledby="program">
      <h2 id="program">{words().program.title}</h2>
      <dl class="facts small">
        <dt>{words().program.grid}</dt>
        <dd class="number">{words().program.workgroups(props.job.grid.join(' × '))}</dd>
        <dt>{words().program.shard}</dt>
        <dd class="number">{words().program.workgroups(formatCount(props.job.workgroupsPerShard))}</dd>
        <dt>{words().program.quorum}</dt>
        <dd>{words().program.mustAgree(props.job.spec.redundancy.quorum, props.job.spec.redundancy.maxCopies)}</dd>
      </dl>
      <Show when={stage()}>
        {(one) => (
          <details>
            <summary>{words().program.source}</summary>
            {/* A scrolling region must be reachable by keyboard. */}
            <section class="source" tabindex="0" aria-label={words().program.parameters}>
              <pre>{JSON.stringify(one().parameters, null, 1)}</pre>
            </section>
            <section class="source" tabindex="0" aria-label={words().program.wgsl}>
              <pre>{one().wgsl}</pre>
            </section>
          </details>
        )}
      </Show>
    </section>
  );
}
