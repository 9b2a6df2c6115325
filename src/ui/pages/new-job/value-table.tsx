// The first rows of the shard that was tried.
import { For, type JSX } from 'solid-js';
import { decodeTable, type TableView } from '../../../requester/decode-table.ts';
import type { Tried } from './try-shard.ts';

const SHOWN_ROWS = 8;

export function ValueTable(props: { readonly tried: Tried }): JSX.Element {
  const view = () => props.tried.view as TableView;
  return (
    <section class="scroller" tabindex="0" aria-label="First rows">
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
                <For each={row}>{(value) => <td class="n">{value.toLocaleString('en')}</td>}</For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </section>
  );
}
