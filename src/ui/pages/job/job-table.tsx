// The rows of a job whose answer is a table: the largest of any column first, as they become final.
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, Show } from 'solid-js';
import type { JobView } from '../../../protocol/api.ts';
import { collectResults } from '../../../requester/collect-results.ts';
import { countRowBytes, decodeTable, type TableView } from '../../../requester/decode-table.ts';
import { useApp } from '../../state/app-context.ts';
import { bytesPerShard } from '../../state/create-job-picture.ts';
import type { JobWatch } from '../../state/create-job-watch.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatCell, formatCount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { type NumberedRow, pickFinalRows, sortRows } from './sort-rows.ts';
import { WORDS } from './words.ts';

const SHOWN_ROWS = 20;
/** The table is fetched whole, so not with every shard. */
const FETCH_EVERY_MS = 2_000;
const MAX_TABLE_BYTES = 16 * 1024 * 1024;

interface JobTableProps {
  readonly job: JobView;
  readonly watch: JobWatch;
  readonly final: number;
}

/** Fetched again as shards become final, but not with every one. */
function createTableRows(props: JobTableProps) {
  const { api } = useApp();
  const words = useWords(WORDS);
  const [rows, setRows] = createSignal<readonly NumberedRow[]>([]);
  const [sentence, setSentence] = createSignal<string | null>(null);
  const stop = new AbortController();
  let fetchedAtMs = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const load = async (): Promise<void> => {
    fetchedAtMs = Date.now();
    try {
      const output = await collectResults(api, props.job, {
        signal: stop.signal,
        onProgress: (_, totalBytes) => {
          if (totalBytes > MAX_TABLE_BYTES) stop.abort();
        },
      });
      setSentence(null);
      setRows(
        pickFinalRows(
          decodeTable(props.job.view as TableView, output.bytes),
          bytesPerShard(props.job) / countRowBytes((props.job.view as TableView).columns),
          props.watch.marks(),
        ),
      );
    } catch (error) {
      setSentence(describeFault(error).code === 'cancelled' ? words().table.tooLong : describeFault(error).sentence);
    }
  };
  createEffect(
    on(
      () => props.final,
      (final) => {
        clearTimeout(timer);
        if (final > 0 && !stop.signal.aborted)
          timer = setTimeout(() => void load(), Math.max(0, fetchedAtMs + FETCH_EVERY_MS - Date.now()));
      },
    ),
  );
  onCleanup(() => {
    clearTimeout(timer);
    stop.abort();
  });
  return { rows, sentence };
}

export function JobTable(props: JobTableProps): JSX.Element {
  const words = useWords(WORDS);
  const { rows, sentence } = createTableRows(props);
  const view = () => props.job.view as TableView;
  const [column, setColumn] = createSignal(Math.min(1, (props.job.view as TableView).columns.length - 1));
  const best = createMemo(() => sortRows(rows(), column()).slice(0, SHOWN_ROWS));
  return (
    <section class="card" aria-labelledby="rows">
      <h2 id="rows">{words().table.title}</h2>
      <Show when={sentence()}>{(text) => <p class="refusal">{text()}</p>}</Show>
      <Show when={best().length > 0} fallback={<p class="muted">{words().table.none}</p>}>
        <section class="scroller" tabindex="0" aria-label={words().table.title}>
          <table class="table">
            <thead>
              <tr>
                <th class="n">#</th>
                <For each={view().columns}>
                  {(one, index) => (
                    <th class="n" aria-sort={column() === index() ? 'descending' : 'none'}>
                      <button type="button" class="sorter" onClick={() => setColumn(index())}>
                        {one.name}
                        {column() === index() ? ' ↓' : ''}
                      </button>
                    </th>
                  )}
                </For>
              </tr>
            </thead>
            <tbody>
              <For each={best()}>
                {(row, place) => (
                  <tr>
                    <td class="n muted">{place() + 1}</td>
                    <For each={row.values}>{(value) => <td class="n">{formatCell(value)}</td>}</For>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </section>
        <p class="small muted line">{words().table.count(formatCount(best().length), formatCount(rows().length))}</p>
      </Show>
    </section>
  );
}
