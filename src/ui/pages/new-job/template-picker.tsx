// What to start from: one of the templates, or a blank program.
import { For, type JSX } from 'solid-js';
import type { Template } from '../../../requester/list-templates.ts';
import { useWords } from '../../state/words.ts';
import type { SourceId } from './draft.ts';
import { WORDS } from './words.ts';

/** One line drawing each. */
const DRAWINGS: Readonly<Record<SourceId, string>> = {
  bunny: 'M13 34c-5 0-8-3-8-7 0-5 4-8 9-8 2-6 1-14 5-15 4 0 3 9 2 14 2-5 6-11 9-9 3 3-3 9-6 12 4 1 8 4 8 7 0 5-5 6-9 6z M27 27h.5 M36 34H5',
  fractal: 'M20 36a9 9 0 1 0 0-18 9 9 0 0 0 0 18z M20 18a5 5 0 1 0 0-10 5 5 0 0 0 0 10z M20 8V3 M11 27H4 M29 27h7 M13 20l-4-4 M27 20l4-4',
  collatz: 'M4 34l5-8 5 5 5-19 5 14 4-6 3 9 5 5 M4 37h32',
  blank: 'M8 4h17l7 7v25H8z M25 4v7h7 M14 20h12 M14 27h8',
};

export function TemplatePicker(props: {
  readonly templates: readonly Template[];
  readonly value: SourceId;
  readonly onChange: (source: SourceId) => void;
}): JSX.Element {
  const words = useWords(WORDS);
  const choices = () => [
    ...props.templates.map(({ id, title, view }) => ({
      id: id as SourceId,
      title: words().template(title),
      kind: view.kind === 'table' ? words().picker.table : words().picker.picture,
    })),
    { id: 'blank' as const, title: words().picker.blank, kind: words().picker.own },
  ];
  return (
    <fieldset>
      <legend class="sr">{words().picker.legend}</legend>
      <div class="templates">
        <For each={choices()}>
          {(choice) => (
            <label class="template">
              <input type="radio" name="template" checked={props.value === choice.id} onChange={() => props.onChange(choice.id)} />
              <svg
                viewBox="0 0 40 40"
                fill="none"
                stroke="currentColor"
                stroke-width="1.5"
                stroke-linejoin="round"
                stroke-linecap="round"
                aria-hidden="true"
              >
                <path d={DRAWINGS[choice.id]} />
              </svg>
              <b>{choice.title}</b>
              <span>{choice.kind}</span>
            </label>
          )}
        </For>
      </div>
    </fieldset>
  );
}
