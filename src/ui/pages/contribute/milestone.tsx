// The moment for which a newcomer came: the first shard that others agreed with, what it brought, and what it is part of; told once in a lifetime.
import { createEffect, createMemo, type JSX, Show } from 'solid-js';
import { useApp } from '../../state/app-context.ts';
import { formatAmount } from '../../state/format.ts';
import { recall, remember } from '../../state/remember.ts';
import { readWords } from '../../state/words.ts';
import { RUN_WORDS } from './run-words.ts';

/** Afterwards it is no news any more. */
const NEWS_FOR_SHARDS = 25;
const KEY = 'first-verified';

export function Milestone(): JSX.Element {
  const { contributor } = useApp();
  const words = () => readWords(RUN_WORDS);
  const isNewcomer = recall(KEY, (value) => (value === true ? true : null)) === null;
  const first = createMemo<ReturnType<typeof findFirst>>((known) => known ?? findFirst(), null);
  function findFirst() {
    const { recent, counts } = contributor.snapshot();
    return counts.verified === 0 ? null : (recent.findLast(({ kind }) => kind === 'verified') ?? null);
  }
  createEffect(() => {
    if (first()) remember(KEY, true);
  });
  return (
    <Show when={isNewcomer && contributor.snapshot().counts.verified <= NEWS_FOR_SHARDS && first()}>
      {(item) => (
        <div class="milestone" role="status">
          <span class="tick" aria-hidden="true">
            ✓
          </span>
          <div>
            <strong>{words().milestone.title}</strong>
            <p>
              {words().milestone.sentence(formatAmount(item().amountMicro ?? 0n))}{' '}
              <Show when={item().title}>{words().milestone.partOf(item().title)}</Show>
            </p>
          </div>
        </div>
      )}
    </Show>
  );
}
