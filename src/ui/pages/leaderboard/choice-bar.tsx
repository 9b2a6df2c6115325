// The three choices above a board: who, when, and with what.
import { For, type JSX } from 'solid-js';
import { BOARDS, LEAGUE_CHOICES, PERIODS } from '../../../protocol/api-standing.ts';
import { useWords } from '../../state/words.ts';
import type { BoardChoice } from './board-choice.ts';
import { WORDS } from './words.ts';

export function ChoiceBar(props: { readonly choice: BoardChoice }): JSX.Element {
  const words = useWords(WORDS);
  const current = () => props.choice.current();
  return (
    <div class="board-choices">
      <Segments
        legend={words().by.legend}
        ids={BOARDS}
        chosen={current().by}
        name={(by) => words().by[by]}
        onChoose={(by) => props.choice.choose({ by })}
      />
      <Segments
        legend={words().period.legend}
        ids={PERIODS}
        chosen={current().period}
        name={(period) => words().period[period]}
        onChoose={(period) => props.choice.choose({ period })}
      />
      <Segments
        legend={words().league.legend}
        ids={LEAGUE_CHOICES}
        chosen={current().league}
        name={(league) => words().league[league]}
        onChoose={(league) => props.choice.choose({ league })}
      />
    </div>
  );
}

function Segments<Id extends string>(props: {
  readonly legend: string;
  readonly ids: readonly Id[];
  readonly chosen: Id;
  readonly name: (id: Id) => string;
  readonly onChoose: (id: Id) => void;
}): JSX.Element {
  return (
    <fieldset class="segments">
      <legend class="sr">{props.legend}</legend>
      <For each={props.ids}>
        {(id) => (
          <button type="button" aria-pressed={props.chosen === id} onClick={() => props.onChoose(id)}>
            {props.name(id)}
          </button>
        )}
      </For>
    </fieldset>
  );
}
