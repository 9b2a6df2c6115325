// The parameters of a template, each asked for as its hint says.
import { For, type JSX, Match, Show, Switch } from 'solid-js';
import type { ParameterValue, TemplateControl } from '../../../requester/list-templates.ts';
import { useWords } from '../../state/words.ts';
import { Field, type FieldControl } from './field.tsx';
import { canSlide, fromHexColour, joinWords, positionOf, SLIDER_STEPS, splitWords, toHexColour, valueAt } from './slide-parameter.ts';
import { WORDS } from './words.ts';

interface ParameterProps {
  readonly control: TemplateControl;
  readonly value: ParameterValue;
  readonly onChange: (value: ParameterValue) => void;
}

export function ParameterForm(props: {
  readonly controls: readonly TemplateControl[];
  readonly values: Readonly<Record<string, ParameterValue>>;
  /** The parameter that was refused, and why. */
  readonly refusal: { readonly parameter: string | null; readonly sentence: string } | null;
  readonly onChange: (parameter: string, value: ParameterValue) => void;
}): JSX.Element {
  const words = useWords(WORDS);
  const labelOf = ({ label, unit }: TemplateControl): string => `${words().template(label)}${unit ? ` (${unit})` : ''}`;
  return (
    <div class="parameters">
      <For each={props.controls}>
        {(control) => (
          <Field
            class="parameter"
            label={labelOf(control)}
            hint={control.help === undefined ? undefined : words().template(control.help)}
            refusal={props.refusal?.parameter === control.parameter ? props.refusal.sentence : null}
          >
            {(field) => (
              <Parameter
                field={field}
                control={control}
                value={props.values[control.parameter] ?? control.min}
                onChange={(value) => props.onChange(control.parameter, value)}
              />
            )}
          </Field>
        )}
      </For>
    </div>
  );
}

function Parameter(props: ParameterProps & { readonly field: FieldControl }): JSX.Element {
  const words = useWords(WORDS);
  return (
    <Switch fallback={<NumberParameter {...props} />}>
      <Match when={props.control.kind === 'choice'}>
        <select
          id={props.field.id}
          class="select"
          aria-describedby={props.field.describedBy}
          onChange={(event) => props.onChange(Number(event.currentTarget.value))}
        >
          <For each={props.control.options ?? []}>
            {(option, index) => (
              <option value={index()} selected={index() === props.value}>
                {words().template(option)}
              </option>
            )}
          </For>
        </select>
      </Match>
      <Match when={props.control.kind === 'vector'}>
        <VectorParameter {...props} />
      </Match>
      <Match when={props.control.kind === 'uint64'}>
        <input
          id={props.field.id}
          class="input"
          inputmode="numeric"
          aria-invalid={props.field.isInvalid}
          aria-describedby={props.field.describedBy}
          value={joinWords(props.value as readonly number[]).toString()}
          onChange={(event) => {
            const words = splitWords(event.currentTarget.value);
            if (words) props.onChange(words);
            else event.currentTarget.value = joinWords(props.value as readonly number[]).toString();
          }}
        />
      </Match>
      <Match when={props.control.kind === 'colour'}>
        <input
          id={props.field.id}
          class="colour"
          type="color"
          aria-describedby={props.field.describedBy}
          value={toHexColour(props.value as readonly number[])}
          onInput={(event) => props.onChange(fromHexColour(event.currentTarget.value))}
        />
      </Match>
    </Switch>
  );
}

function NumberParameter(props: ParameterProps & { readonly field: FieldControl }): JSX.Element {
  const words = useWords(WORDS);
  const value = () => Number(props.value);
  return (
    <div class="pair" classList={{ 'is-single': !canSlide(props.control) }}>
      <Show when={canSlide(props.control)}>
        <input
          class="range"
          type="range"
          min="0"
          max={SLIDER_STEPS}
          aria-label={words().form.slider(words().template(props.control.label))}
          aria-valuetext={String(value())}
          ref={(range) =>
            queueMicrotask(() => range.style.setProperty('--share', String(positionOf(value(), props.control) / SLIDER_STEPS)))
          }
          value={positionOf(value(), props.control)}
          onInput={(event) => {
            event.currentTarget.style.setProperty('--share', String(event.currentTarget.valueAsNumber / SLIDER_STEPS));
            props.onChange(valueAt(event.currentTarget.valueAsNumber, props.control));
          }}
        />
      </Show>
      <input
        id={props.field.id}
        class="input"
        type="number"
        min={props.control.min}
        max={props.control.max}
        step={props.control.step ?? 'any'}
        aria-invalid={props.field.isInvalid}
        aria-describedby={props.field.describedBy}
        value={value()}
        onChange={(event) => {
          if (Number.isFinite(event.currentTarget.valueAsNumber)) props.onChange(event.currentTarget.valueAsNumber);
        }}
      />
    </div>
  );
}

function VectorParameter(props: ParameterProps & { readonly field: FieldControl }): JSX.Element {
  const words = useWords(WORDS);
  const parts = () => props.value as readonly number[];
  return (
    <div class="vector">
      <For each={parts().map((_, index) => index)}>
        {(index) => (
          <input
            id={index === 0 ? props.field.id : undefined}
            class="input"
            type="number"
            aria-label={words().form.part(words().template(props.control.label), index + 1)}
            aria-invalid={props.field.isInvalid}
            aria-describedby={props.field.describedBy}
            min={props.control.min}
            max={props.control.max}
            step="any"
            value={parts()[index]}
            onChange={(event) => {
              const part = event.currentTarget.valueAsNumber;
              if (Number.isFinite(part)) props.onChange(parts().map((old, at) => (at === index ? part : old)));
            }}
          />
        )}
      </For>
    </div>
  );
}
