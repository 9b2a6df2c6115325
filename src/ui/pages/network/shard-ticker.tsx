// Shards that were decided lately, newest first: which, how, by what, in what time. Never by whom.
import { A } from '@solidjs/router';
import { For, type JSX, Show } from 'solid-js';
import type { RecentShard } from '../../../protocol/api-network.ts';
import { createClock } from '../../state/create-clock.ts';
import { formatAgo, formatCount, formatDecimal } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

const SHOWN = 10;

export function ShardTicker(props: { readonly recent: readonly RecentShard[] }): JSX.Element {
  const words = useWords(WORDS);
  const nowMs = createClock();
  return (
    <section class="card stack" aria-labelledby="ticker">
      <h2 id="ticker">{words().ticker.heading}</h2>
      <Show when={props.recent.length > 0} fallback={<p class="muted">{words().ticker.none}</p>}>
        <ol class="ticker" role="list">
          <For each={props.recent.slice(0, SHOWN)}>{(shard) => <Line shard={shard} nowMs={nowMs()} />}</For>
        </ol>
      </Show>
    </section>
  );
}

function Line(props: { readonly shard: RecentShard; readonly nowMs: number }): JSX.Element {
  const words = useWords(WORDS);
  const shard = () => props.shard;
  return (
    <li>
      <span class="ticker-what">
        <A href={`/jobs/${shard().job}?shard=${shard().index}`}>{shard().title}</A>
        <span class="muted"> {words().ticker.shard(formatCount(shard().index))}</span>
      </span>
      <span class="ticker-when muted number">{formatAgo(shard().atMs, props.nowMs)}</span>
      <span class="ticker-how small">
        <span class="badge" data-tone={shard().verdict === 'final' ? 'on' : 'wait'}>
          {words().ticker.verdicts[shard().verdict]}
        </span>
        <span class="muted">{words().ticker.copies(formatCount(shard().copies))}</span>
        <Show when={shard().engines.length > 0}>
          <span class="muted">
            {shard()
              .engines.map((engine) => engine.toUpperCase())
              .join(' + ')}
          </span>
        </Show>
        <Show when={shard().computeMs !== null}>
          <span class="muted number">{words().ticker.time(formatDecimal((shard().computeMs ?? 0) / 1_000, 2))}</span>
        </Show>
        <Show when={shard().outvoted > 0}>
          <span class="disputed">{words().ticker.outvoted(formatCount(shard().outvoted))}</span>
        </Show>
      </span>
    </li>
  );
}
