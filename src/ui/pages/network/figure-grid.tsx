// The figures of now, each with its name.
import { For, type JSX } from 'solid-js';
import type { NetworkNow } from '../../../protocol/api-network.ts';
import { formatCount, formatDecimal } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { type NetworkWords, WORDS } from './words.ts';

interface Figure {
  readonly name: Exclude<keyof NetworkWords['figures'], 'heading'>;
  readonly read: (now: NetworkNow) => string;
  readonly tone?: (now: NetworkNow) => 'verified' | 'disputed' | undefined;
}

const FIGURES: readonly Figure[] = [
  { name: 'contributors', read: (now) => formatCount(now.contributors) },
  { name: 'gpus', read: (now) => formatCount(now.devices.gpu) },
  { name: 'cpus', read: (now) => formatCount(now.devices.cpu) },
  { name: 'jobs', read: (now) => formatCount(now.jobsRunning) },
  { name: 'rate', read: (now) => formatCount(now.shardsPerMinute) },
  { name: 'share', read: readShare, tone: ({ votes }) => (votes.agreed + votes.outvoted > 0 ? 'verified' : undefined) },
  {
    name: 'outvoted',
    read: (now) => formatCount(now.votes.outvoted),
    tone: (now) => (now.votes.outvoted > 0 ? 'disputed' : undefined),
  },
  { name: 'waiting', read: (now) => formatCount(now.resultsWaiting) },
  {
    name: 'disputed',
    read: (now) => formatCount(now.disputedShards),
    tone: (now) => (now.disputedShards > 0 ? 'disputed' : undefined),
  },
  { name: 'all', read: (now) => formatCount(now.shardsFinal) },
];

/** Cut, not rounded: 100 % would say that nobody was ever outvoted. */
function readShare({ votes: { agreed, outvoted } }: NetworkNow): string {
  if (agreed + outvoted === 0) return '–';
  return `${formatDecimal(Math.floor((agreed / (agreed + outvoted)) * 1_000) / 10, outvoted === 0 ? 0 : 1)} %`;
}

export function FigureGrid(props: { readonly now: NetworkNow }): JSX.Element {
  const words = useWords(WORDS);
  return (
    <section aria-labelledby="figures">
      <h2 id="figures" class="sr">
        {words().figures.heading}
      </h2>
      <dl class="figure-grid">
        <For each={FIGURES}>
          {({ name, read, tone }) => (
            <div data-tone={tone?.(props.now)}>
              <dt>{words().figures[name]}</dt>
              <dd>{read(props.now)}</dd>
            </div>
          )}
        </For>
      </dl>
    </section>
  );
}
