// The hours at which this device may compute: ranges of the local day, each for some days of the week.
import { For, type JSX, Show } from 'solid-js';
import { MAX_RANGES } from '../../../contributor/adjust-settings.ts';
import type { HoursRange } from '../../../contributor/state.ts';
import { formatWeekday } from '../../state/format.ts';
import { readWords } from '../../state/words.ts';
import { parseMinute, showMinute } from './minute-of-day.ts';
import { POWER_WORDS } from './words.ts';

/** Monday first, as calendars here begin. */
const WEEK = [1, 2, 3, 4, 5, 6, 0] as const;
const NEW_RANGE: HoursRange = { days: [1, 2, 3, 4, 5], fromMinute: 22 * 60, toMinute: 7 * 60 };

export function HoursEditor(props: {
  readonly ranges: readonly HoursRange[];
  readonly onChange: (ranges: readonly HoursRange[]) => void;
}): JSX.Element {
  const words = () => readWords(POWER_WORDS).rules;
  const change = (index: number, part: Partial<HoursRange>): void =>
    props.onChange(props.ranges.map((range, at) => (at === index ? { ...range, ...part } : range)));
  return (
    <div class="rule-more">
      <Show when={props.ranges.length === 0}>
        <p class="hint">{words().hoursEmpty}</p>
      </Show>
      <For each={props.ranges}>
        {(range, index) => (
          <fieldset class="hours">
            <legend class="sr">{words().hoursRange(index() + 1)}</legend>
            <DayPicker days={range.days} onChange={(days) => change(index(), { days })} />
            <div class="row">
              <label class="inline">
                {words().hoursFrom}
                <input
                  class="input"
                  type="time"
                  value={showMinute(range.fromMinute)}
                  onChange={(event) => change(index(), { fromMinute: parseMinute(event.currentTarget.value) ?? range.fromMinute })}
                />
              </label>
              <label class="inline">
                {words().hoursTo}
                <input
                  class="input"
                  type="time"
                  value={showMinute(range.toMinute)}
                  onChange={(event) => change(index(), { toMinute: parseMinute(event.currentTarget.value) ?? range.toMinute })}
                />
              </label>
              <Show when={range.toMinute <= range.fromMinute}>
                <span class="hint">{words().hoursNight}</span>
              </Show>
              <button
                type="button"
                class="button is-small is-quiet"
                aria-label={words().hoursRemove(words().hoursRange(index() + 1))}
                onClick={() => props.onChange(props.ranges.filter((_, at) => at !== index()))}
              >
                ×
              </button>
            </div>
          </fieldset>
        )}
      </For>
      <div class="row">
        <button
          type="button"
          class="button is-small"
          disabled={props.ranges.length >= MAX_RANGES}
          onClick={() => props.onChange([...props.ranges, NEW_RANGE])}
        >
          {words().hoursAdd}
        </button>
        <Show when={props.ranges.length >= MAX_RANGES}>
          <span class="hint">{words().hoursFull(MAX_RANGES)}</span>
        </Show>
      </div>
    </div>
  );
}

/** The last day that is chosen stays: a range of no day means nothing. */
function DayPicker(props: { readonly days: readonly number[]; readonly onChange: (days: readonly number[]) => void }): JSX.Element {
  const words = () => readWords(POWER_WORDS).rules;
  const toggle = (day: number): void => {
    const next = props.days.includes(day) ? props.days.filter((other) => other !== day) : [...props.days, day];
    if (next.length > 0) props.onChange(next);
  };
  return (
    <fieldset class="days">
      <legend class="sr">{words().hoursDays}</legend>
      <For each={WEEK}>
        {(day) => (
          <button type="button" aria-pressed={props.days.includes(day)} onClick={() => toggle(day)}>
            {formatWeekday(day)}
          </button>
        )}
      </For>
    </fieldset>
  );
}
