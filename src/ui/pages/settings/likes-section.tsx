// What is preferred and what is never computed here: the lists, each line with its way out, and the least pay.
import { A } from '@solidjs/router';
import { createSignal, createUniqueId, For, type JSX, Show } from 'solid-js';
import { MICRO_CREDITS_PER_CREDIT } from '../../../protocol/ids.ts';
import { type Likes, MAX_MIN_RATE } from '../../../protocol/likes.ts';
import { useApp } from '../../state/app-context.ts';
import { formatAmount } from '../../state/format.ts';
import { recallLikeName } from '../../state/like-names.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

type LikeList = Exclude<keyof Likes, 'minRate'>;

export function LikesSection(): JSX.Element {
  const { contributor } = useApp();
  const words = useWords(WORDS);
  const likes = () => contributor.snapshot().settings.likes;
  const isBare = () => likes().pinnedJobs.length + likes().blockedJobs.length + likes().blockedRequesters.length === 0;
  return (
    <>
      <Show when={!isBare()} fallback={<p class="muted">{words().likes.noneYet}</p>}>
        <LikeRows list="pinnedJobs" title={words().likes.pinned} />
        <LikeRows list="blockedJobs" title={words().likes.blockedJobs} />
        <LikeRows list="blockedRequesters" title={words().likes.blockedRequesters} />
      </Show>
      <PayFloor />
    </>
  );
}

function LikeRows(props: { readonly list: LikeList; readonly title: string }): JSX.Element {
  const { contributor } = useApp();
  const words = useWords(WORDS);
  const ids = (): readonly number[] => contributor.snapshot().settings.likes[props.list];
  const name = (id: number): string =>
    props.list === 'blockedRequesters'
      ? (recallLikeName('requester', id) ?? words().likes.requester(id))
      : (recallLikeName('job', id) ?? words().likes.job(id));
  const remove = (id: number): void => void contributor.setSettings({ likes: { [props.list]: ids().filter((other) => other !== id) } });
  return (
    <div>
      <h3>{props.title}</h3>
      <Show when={ids().length > 0} fallback={<p class="muted small">{words().likes.none}</p>}>
        <ul class="likes" role="list">
          <For each={ids()}>
            {(id) => (
              <li>
                <Show when={props.list !== 'blockedRequesters'} fallback={name(id)}>
                  <A href={`/jobs/${id}`}>{name(id)}</A>
                </Show>
                <button
                  type="button"
                  class="button is-small is-quiet"
                  aria-label={words().likes.remove(name(id))}
                  onClick={() => remove(id)}
                >
                  ×
                </button>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </div>
  );
}

function PayFloor(): JSX.Element {
  const { contributor } = useApp();
  const words = useWords(WORDS);
  const id = createUniqueId();
  const [isWrong, setWrong] = createSignal(false);
  const perCredit = Number(MICRO_CREDITS_PER_CREDIT);
  const set = (text: string): void => {
    const minRate = Math.round(Number(text) * perCredit);
    const isRight = text.trim() !== '' && minRate >= 0 && minRate <= MAX_MIN_RATE;
    setWrong(!isRight);
    if (isRight) void contributor.setSettings({ likes: { minRate } });
  };
  return (
    <div class="field narrow">
      <label for={id}>{words().likes.floor}</label>
      <input
        id={id}
        class="input"
        type="number"
        inputmode="decimal"
        min="0"
        max={MAX_MIN_RATE / perCredit}
        step="any"
        value={contributor.snapshot().settings.likes.minRate / perCredit}
        aria-invalid={isWrong()}
        aria-describedby={`${id}-hint`}
        onChange={(event) => set(event.currentTarget.value)}
      />
      <p class="hint" id={`${id}-hint`}>
        {words().likes.floorHint}
      </p>
      <Show when={isWrong()}>
        <p class="refusal" role="alert">
          {words().likes.floorWrong(formatAmount(BigInt(MAX_MIN_RATE)))}
        </p>
      </Show>
    </div>
  );
}
