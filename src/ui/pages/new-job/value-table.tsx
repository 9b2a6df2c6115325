// The first rows of the shard that was tried.
import { For, type JSX } from 'solid-js';
import { decodeTable, type TableView } from '../../../requester/decode-table.ts';
import { formatCell } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import type { Tried } from './try-shard.ts';
import { WORDS } from './words.ts';

const SHOWN_ROWS = 8;

export function ValueTable(props: { readonly tried: Tried }): JSX.Element {
  const words = useWords(WORDS);
  const view = () => props.tried.view as TableView;
  return (
    <section class="scroller" tabindex="0" aria-label={words().trial.firstRows}>
      <table class="table small">
        <thead>
          <tr>
            <For each={view().columns}>{(column) => <th class="n">{column.name}</th>}</For>
          </tr>
        </thead>
        <tbody>
          <For each={decodeTable(view(), props.tried.bytes).slice(0, SHOWN_ROWS)}>
            {(row) => (
              <tr>
                <For each={row}>{(value) => <td class="n">{formatCell(value)}</td>}</For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </section>
  );
}
