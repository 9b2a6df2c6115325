// The figures an operator looks at first: queue, latency, process, connections, storage.
import { For, type JSX } from 'solid-js';
import type { LatencyView, OperatorView } from '../../../protocol/api-operator.ts';
import { formatBytes, formatCount, formatDecimal, formatDuration, formatPercent } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { type OperatorWords, WORDS } from './words.ts';

type Row = readonly [name: string, value: string];
interface Group {
  readonly title: string;
  readonly rows: readonly Row[];
}

export function FigureCards(props: { readonly view: OperatorView }): JSX.Element {
  const words = useWords(WORDS);
  return (
    <section aria-labelledby="figures">
      <h2 id="figures" class="sr">
        {words().figures.heading}
      </h2>
      <div class="figure-cards">
        <For each={listGroups(props.view, words())}>
          {(group) => (
            <div class="card">
              <h3>{group.title}</h3>
              <dl class="facts small">
                <For each={group.rows}>
                  {([name, value]) => (
                    <>
                      <dt>{name}</dt>
                      <dd class="number">{value}</dd>
                    </>
                  )}
                </For>
              </dl>
            </div>
          )}
        </For>
      </div>
    </section>
  );
}

function listGroups(view: OperatorView, words: OperatorWords): readonly Group[] {
  const { figures } = words;
  const { queue, latency, process, sockets, storage } = view;
  const ms = (value: number): string => figures.ms(formatMs(value));
  const bytes = (value: number | null): string => (value === null ? words.never : formatBytes(value));
  const pair = (latency: LatencyView | null): string =>
    latency === null ? figures.none : figures.pair(formatMs(latency.p50Ms), formatMs(latency.p95Ms));
  const backlog = formatCount(queue.backlogChanges);
  return [
    {
      title: figures.latency,
      rows: [
        [figures.handOut, pair(latency.handOut)],
        [figures.receipt, pair(latency.receipt)],
        [figures.commit, pair(latency.commit)],
        [figures.loop, ms(process.loopDelayMs)],
      ],
    },
    {
      title: figures.queue,
      rows: [
        [figures.jobs, formatCount(queue.jobsRunning)],
        [figures.open, formatCount(queue.shardsOpen)],
        [figures.copies, formatCount(queue.copiesOut)],
        [figures.backlog, queue.backlogChanges === 0 ? backlog : `${backlog}, ${figures.oldest(ms(queue.backlogOldestMs))}`],
      ],
    },
    {
      title: figures.sockets,
      rows: [
        [figures.live, formatCount(sockets.live)],
        [figures.rtc, formatCount(sockets.rtc)],
        [figures.waiting, formatCount(sockets.waiting)],
        [figures.watchers, formatCount(sockets.watchers)],
      ],
    },
    {
      title: figures.process,
      rows: [
        [figures.cpu, formatPercent(process.cpuShare)],
        [figures.memory, bytes(process.memoryBytes)],
        [figures.heap, bytes(process.heapBytes)],
        [figures.up, formatDuration(process.upMs / 1_000)],
      ],
    },
    {
      title: figures.storage,
      rows: [
        [figures.database, bytes(storage.databaseBytes)],
        [figures.blobs, bytes(storage.blobBytes)],
        [figures.free, bytes(storage.freeBytes)],
      ],
    },
  ];
}

function formatMs(value: number): string {
  return formatDecimal(value, value < 10 ? 1 : 0);
}
