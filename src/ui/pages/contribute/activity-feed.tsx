// What happened here, newest first.
import { A } from '@solidjs/router';
import { For, type JSX, Show } from 'solid-js';
import type { FeedItem } from '../../../contributor/state.ts';
import { useApp } from '../../state/app-context.ts';
import { createClock } from '../../state/create-clock.ts';
import { formatAgo } from '../../state/format.ts';
import { readWords } from '../../state/words.ts';
import { RUN_WORDS } from './run-words.ts';

const MARKS: Readonly<Record<FeedItem['kind'], string>> = {
  computed: '·',
  verified: '✓',
  outvoted: '≠',
  late: '–',
  failed: '×',
  note: 'i',
};
const SHOWN_ITEMS = 12;

export function ActivityFeed(): JSX.Element {
  const { contributor } = useApp();
  const words = () => readWords(RUN_WORDS);
  const nowMs = createClock();
  const items = () => contributor.snapshot().recent.slice(0, SHOWN_ITEMS);
  return (
    <section class="card" aria-labelledby="activity">
      <h2 id="activity">{words().feed.title}</h2>
      <Show when={items().length > 0} fallback={<p class="muted">{words().feed.empty}</p>}>
        <ul class="feed" role="list">
          <For each={items()}>
            {(item) => (
              <li data-kind={item.kind}>
                <span class="mark" aria-hidden="true">
                  {MARKS[item.kind]}
                </span>
                <span>
                  {words().feed.item(item)}{' '}
                  <Show when={item.job !== null && item.index !== null}>
                    <A href={`/jobs/${item.job}?shard=${item.index}`} class="small">
                      {item.title}
                    </A>
                  </Show>
                </span>
                <time>{formatAgo(item.atMs, nowMs())}</time>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </section>
  );
}
