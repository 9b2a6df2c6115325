// How the job is cut, how many must agree, and what it may cost.
import { For, type JSX, Show } from 'solid-js';
import type { Size3 } from '../../../protocol/job.ts';
import { countShards, countWorkgroups } from '../../../protocol/shard.ts';
import type { GridChoice } from '../../../requester/list-templates.ts';
import { formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import type { Draft } from './draft.ts';
import { Field } from './field.tsx';
import type { FormField } from './find-field.ts';
import { WORDS } from './words.ts';

export function PlanFields(props: {
  readonly draft: Draft;
  readonly grids: readonly GridChoice[];
  readonly refusalOf: (field: FormField) => string | null;
  readonly onChange: (change: Partial<Draft>) => void;
}): JSX.Element {
  const words = useWords(WORDS);
  const shards = () => countShards(props.draft.grid, Math.max(1, props.draft.workgroupsPerShard));
  return (
    <div class="three">
      <Show
        when={props.grids.length > 0}
        fallback={<GridField grid={props.draft.grid} refusal={props.refusalOf('grid')} onChange={(grid) => props.onChange({ grid })} />}
      >
        <Field
          label={words().plan.size}
          refusal={props.refusalOf('grid')}
          hint={words().plan.workgroups(formatCount(countWorkgroups(props.draft.grid)))}
        >
          {(field) => (
            <select
              id={field.id}
              class="select"
              aria-describedby={field.describedBy}
              onChange={(event) => props.onChange({ grid: props.grids[Number(event.currentTarget.value)]!.grid })}
            >
              <For each={props.grids}>
                {(choice, index) => (
                  <option value={index()} selected={choice.grid.join() === props.draft.grid.join()}>
                    {words().template(choice.label)}
                  </option>
                )}
              </For>
            </select>
          )}
        </Field>
      </Show>
      <NumberField
        label={words().plan.perShard}
        hint={words().plan.shards(formatCount(shards()))}
        value={props.draft.workgroupsPerShard}
        refusal={props.refusalOf('workgroupsPerShard')}
        onChange={(workgroupsPerShard) => props.onChange({ workgroupsPerShard })}
      />
      <NumberField
        label={words().plan.quorum}
        hint={words().plan.quorumHint}
        value={props.draft.quorum}
        refusal={props.refusalOf('redundancy')}
        onChange={(quorum) => props.onChange({ quorum, maxCopies: Math.max(quorum, props.draft.maxCopies) })}
      />
      <NumberField
        label={words().plan.copies}
        hint={words().plan.copiesHint}
        value={props.draft.maxCopies}
        refusal={null}
        onChange={(maxCopies) => props.onChange({ maxCopies })}
      />
      <PriceField
        value={props.draft.maxPrice}
        refusal={props.refusalOf('maxPrice')}
        onChange={(maxPrice) => props.onChange({ maxPrice })}
      />
    </div>
  );
}

function NumberField(props: {
  readonly label: string;
  readonly hint: string;
  readonly value: number;
  readonly refusal: string | null;
  readonly onChange: (value: number) => void;
}): JSX.Element {
  return (
    <Field label={props.label} hint={props.hint} refusal={props.refusal}>
      {(field) => (
        <input
          id={field.id}
          class="input"
          type="number"
          min="1"
          step="1"
          aria-invalid={field.isInvalid}
          aria-describedby={field.describedBy}
          value={props.value}
          onInput={(event) => {
            const value = event.currentTarget.valueAsNumber;
            if (Number.isInteger(value) && value > 0) props.onChange(value);
          }}
        />
      )}
    </Field>
  );
}

function GridField(props: {
  readonly grid: Size3;
  readonly refusal: string | null;
  readonly onChange: (grid: Size3) => void;
}): JSX.Element {
  const words = useWords(WORDS);
  const change = (at: number, value: number): void => {
    if (!Number.isInteger(value) || value < 1) return;
    const [x, y, z] = props.grid.map((old, index) => (index === at ? value : old));
    props.onChange([x!, y!, z!]);
  };
  return (
    <Field label={words().plan.grid} hint={words().plan.gridHint} refusal={props.refusal}>
      {(field) => (
        <div class="grid-sides">
          <For each={['x', 'y', 'z']}>
            {(axis, index) => (
              <input
                id={index() === 0 ? field.id : undefined}
                class="input"
                type="number"
                min="1"
                aria-label={words().plan.gridAxis(axis)}
                aria-invalid={field.isInvalid}
                value={props.grid[index()]}
                onInput={(event) => change(index(), event.currentTarget.valueAsNumber)}
              />
            )}
          </For>
        </div>
      )}
    </Field>
  );
}

function PriceField(props: {
  readonly value: string;
  readonly refusal: string | null;
  readonly onChange: (value: string) => void;
}): JSX.Element {
  const words = useWords(WORDS);
  return (
    <Field label={words().plan.price} hint={words().plan.priceHint} refusal={props.refusal}>
      {(field) => (
        <input
          id={field.id}
          class="input"
          inputmode="decimal"
          aria-invalid={field.isInvalid}
          aria-describedby={field.describedBy}
          value={props.value}
          onInput={(event) => props.onChange(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}
