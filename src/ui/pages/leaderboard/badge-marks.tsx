// Badges: a small mark beside a name, and the list that explains them.
import { For, type JSX } from 'solid-js';
import { BADGES, type Badge } from '../../../protocol/api-standing.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

/** Drawn on a 16 unit grid: a sherd, days in a row, many sherds, an eye. */
const SHAPES: Readonly<Record<Badge, string>> = {
  'first-shard': 'M2.5 5.5 9 2.5l4.5 4-2 6.5-7 .5z',
  'week-streak': 'M8 1.8c.6 2.4 4 4.3 4 8a4 4 0 0 1-8 0c0-1.7.8-2.7 1.7-3.5.2 1.2.8 1.9 1.5 2.2C7 6.500 7.200 4 8 1.800z',
  'thousand-shards': 'M2 3h5v4.500H2z M9 3h5v4.500H9z M2 9.500h5V14H2z M9 9.500h5V14H9z',
  'caught-one':
    'M1.500 8c1.600-3 3.900-4.500 6.500-4.500s4.900 1.500 6.500 4.500c-1.600 3-3.900 4.500-6.500 4.500S3.100 11 1.500 8z M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
};

export function BadgeMarks(props: { readonly badges: readonly Badge[] }): JSX.Element {
  const words = useWords(WORDS);
  return (
    <span class="marks">
      <For each={props.badges}>
        {(badge) => (
          <span class="mark" title={words().badges[badge]}>
            <BadgeShape badge={badge} />
            <span class="sr">{words().badges[badge]}</span>
          </span>
        )}
      </For>
    </span>
  );
}

export function BadgeLegend(): JSX.Element {
  const words = useWords(WORDS);
  return (
    <ul class="badge-legend" role="list">
      <For each={BADGES}>
        {(badge) => (
          <li>
            <span class="mark">
              <BadgeShape badge={badge} />
            </span>
            <span>
              <strong>{words().badges[badge]}</strong>
              <span class="muted small">{words().badges.about[badge]}</span>
            </span>
          </li>
        )}
      </For>
    </ul>
  );
}

function BadgeShape(props: { readonly badge: Badge }): JSX.Element {
  return (
    <svg
      viewBox="0 0 16 16"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.4"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={SHAPES[props.badge]} />
    </svg>
  );
}
