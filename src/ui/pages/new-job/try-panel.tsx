// Runs one shard of the job on this device and shows what comes out, before anybody else is asked.
import { type Accessor, For, type JSX, Match, Show, Switch } from 'solid-js';
import type { FaultBody } from '../../../protocol/fault.ts';
import type { Comparison, JobSpec } from '../../../protocol/job.ts';
import { secondsOfWork } from '../../../protocol/work.ts';
import type { GridChoice } from '../../../requester/list-templates.ts';
import { formatBytes, formatCount, formatDuration, formatPercent, formatWork } from '../../state/format.ts';
import { createTrial } from './create-trial.ts';
import type { Draft } from './draft.ts';
import { Field } from './field.tsx';
import { LintView } from './lint-view.tsx';
import { TriedPicture } from './tried-picture.tsx';
import type { Tried } from './try-shard.ts';
import { ValueTable } from './value-table.tsx';

export interface TryPanelProps {
  readonly draft: Accessor<Draft>;
  /** The smallest size of the template's picture; null where there is none. */
  readonly preview: GridChoice | null;
  readonly prepare: () => Promise<JobSpec | null>;
  readonly onRefusal: (fault: FaultBody) => void;
  /** Null where the comparison is the template's. */
  readonly onSuggest: ((output: string, comparison: Comparison) => void) | null;
}

export function TryPanel(props: TryPanelProps): JSX.Element {
  const trial = createTrial(props);
  const { tried, isStale, isBusy, share, isPreview, shards, chosen } = trial;
  return (
    <section class="card stack" aria-labelledby="try">
      <h2 id="try">Try it here</h2>
      <Show
        when={tried()}
        fallback={<p class="small muted">Runs one shard on this device. Nothing is sent to contributors, and nothing is paid.</p>}
      >
        {(one) => (
          <div class="try-result" classList={{ 'is-stale': isStale() }}>
            <TriedView tried={one()} />
            <p class="small">
              {isPreview() ? 'The whole picture, small,' : `Shard ${one().index}`} took{' '}
              <strong>{formatDuration(one().elapsedMs / 1_000)}</strong> on {one().engine}. <span class="muted">{one().why}</span>
              <Show when={isStale()}>
                {' '}
                <span class="muted">The job has changed since.</span>
              </Show>
            </p>
            <Show
              when={one().findings}
              fallback={
                <p class="small muted">Our compiler cannot turn this program into code for a CPU, so nothing more is known of it here.</p>
              }
            >
              {(findings) => (
                <>
                  <Show when={findings().workPerWorkgroup}>
                    {(work) => (
                      <p class="small muted">
                        A shard is {formatWork(work() * props.draft().workgroupsPerShard)} of work:{' '}
                        {formatDuration(secondsOfWork(work() * props.draft().workgroupsPerShard))} of one processor core.
                      </p>
                    )}
                  </Show>
                  <LintView lint={findings().lint} onSuggest={props.onSuggest} />
                </>
              )}
            </Show>
          </div>
        )}
      </Show>
      <div class="try-row">
        <Field label={`Shard, 0 to ${formatCount(shards() - 1)}`}>
          {(field) => (
            <input
              id={field.id}
              class="input"
              type="number"
              min="0"
              max={shards() - 1}
              value={chosen()}
              onChange={(event) => trial.choose(event.currentTarget.valueAsNumber)}
            />
          )}
        </Field>
        <Show
          when={isBusy()}
          fallback={
            <button type="button" class="button" onClick={() => void trial.run(null)}>
              Try it here
            </button>
          }
        >
          <button type="button" class="button" onClick={trial.stop}>
            {share() > 0 ? `${formatPercent(share())} · stop` : 'Preparing… stop'}
          </button>
        </Show>
      </div>
      <Show when={props.preview}>
        {(preview) => (
          <button type="button" class="button" disabled={isBusy()} onClick={() => void trial.run(preview())}>
            Preview the whole, {preview().label}
          </button>
        )}
      </Show>
    </section>
  );
}

function TriedView(props: { readonly tried: Tried }): JSX.Element {
  return (
    <Switch>
      <Match when={props.tried.view.kind === 'picture' && props.tried}>{(tried) => <TriedPicture tried={tried()} />}</Match>
      <Match when={props.tried.view.kind === 'table'}>
        <ValueTable tried={props.tried} />
      </Match>
      <Match when={props.tried.view.kind === 'bytes'}>
        <p class="small mono">
          {formatBytes(props.tried.bytes.length)}:{' '}
          <For each={Array.from(props.tried.bytes.subarray(0, 32))}>{(byte) => <>{byte.toString(16).padStart(2, '0')} </>}</For>…
        </p>
      </Match>
    </Switch>
  );
}
