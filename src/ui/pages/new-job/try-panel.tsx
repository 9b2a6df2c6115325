// Runs one shard of the job on this device and shows what comes out, before anybody else is asked.
import { type Accessor, For, type JSX, Match, Show, Switch } from 'solid-js';
import type { FaultBody } from '../../../protocol/fault.ts';
import type { Comparison, JobSpec } from '../../../protocol/job.ts';
import { secondsOfWork } from '../../../protocol/work.ts';
import type { GridChoice } from '../../../requester/list-templates.ts';
import { formatBytes, formatCount, formatDuration, formatPercent, formatWork } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { createTrial } from './create-trial.ts';
import type { Draft } from './draft.ts';
import { Field } from './field.tsx';
import { LintView } from './lint-view.tsx';
import { TriedPicture } from './tried-picture.tsx';
import type { Tried } from './try-shard.ts';
import { ValueTable } from './value-table.tsx';
import { WORDS } from './words.ts';

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
  const words = useWords(WORDS);
  const nameEngine = ({ kind, label }: Tried['engine']): string => {
    const { engines } = words().trial;
    return kind === 'gpu' ? engines.gpu(label) : engines[kind];
  };
  const trial = createTrial(props);
  const { tried, isStale, isBusy, share, isPreview, shards, chosen } = trial;
  return (
    <section class="card stack" aria-labelledby="try">
      <h2 id="try">{words().trial.title}</h2>
      <Show when={tried()} fallback={<p class="small muted">{words().trial.about}</p>}>
        {(one) => (
          <div class="try-result" classList={{ 'is-stale': isStale() }}>
            <TriedView tried={one()} />
            <p class="small">
              {isPreview() ? words().trial.whole : words().trial.shard(one().index)} {words().trial.took}{' '}
              <strong>{formatDuration(one().elapsedMs / 1_000)}</strong> {words().trial.on(nameEngine(one().engine))}{' '}
              <span class="muted" lang="en">
                {one().why}
              </span>
              <Show when={isStale()}>
                {' '}
                <span class="muted">{words().trial.stale}</span>
              </Show>
            </p>
            <Show when={one().findings} fallback={<p class="small muted">{words().trial.unknown}</p>}>
              {(findings) => (
                <>
                  <Show when={findings().workPerWorkgroup}>
                    {(work) => (
                      <p class="small muted">
                        {words().trial.work(
                          formatWork(work() * props.draft().workgroupsPerShard),
                          formatDuration(secondsOfWork(work() * props.draft().workgroupsPerShard)),
                        )}
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
        <Field label={words().trial.which(formatCount(shards() - 1))}>
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
              {words().trial.title}
            </button>
          }
        >
          <button type="button" class="button" onClick={trial.stop}>
            {share() > 0 ? words().trial.stop(formatPercent(share())) : words().trial.preparing}
          </button>
        </Show>
      </div>
      <Show when={props.preview}>
        {(preview) => (
          <button type="button" class="button" disabled={isBusy()} onClick={() => void trial.run(preview())}>
            {words().trial.preview(preview().label)}
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
