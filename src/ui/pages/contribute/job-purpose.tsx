// What the work of this moment is for, by whom and for how much; and the say of the one who does it: prefer it, or not again.
import { type JSX, Show } from 'solid-js';
import type { JobView } from '../../../protocol/api.ts';
import type { Likes } from '../../../protocol/likes.ts';
import { MAX_LIKES } from '../../../protocol/likes.ts';
import { useApp } from '../../state/app-context.ts';
import { formatAmount } from '../../state/format.ts';
import { rememberLikeName } from '../../state/like-names.ts';
import { readWords } from '../../state/words.ts';
import { RUN_WORDS } from './run-words.ts';

type LikeList = Exclude<keyof Likes, 'minRate'>;

export function JobPurpose(props: { readonly job: JobView }): JSX.Element {
  const { contributor, toasts } = useApp();
  const words = () => readWords(RUN_WORDS);
  const likes = () => contributor.snapshot().settings.likes;
  const isPinned = () => likes().pinnedJobs.includes(props.job.id);
  const add = (list: LikeList, id: number): boolean => {
    if (list === 'blockedRequesters') rememberLikeName('requester', id, props.job.requester.name);
    else rememberLikeName('job', id, props.job.title);
    const ids: readonly number[] = likes()[list];
    if (ids.length >= MAX_LIKES) {
      toasts.show(words().job.full(MAX_LIKES));
      return false;
    }
    void contributor.setSettings({ likes: { [list]: [...ids, id] } });
    return true;
  };
  const block = (list: 'blockedJobs' | 'blockedRequesters', id: number): void => {
    if (add(list, id)) toasts.show(words().job.blocked);
  };
  const togglePin = (): void => {
    const { id } = props.job;
    if (!isPinned()) add('pinnedJobs', id);
    else void contributor.setSettings({ likes: { pinnedJobs: likes().pinnedJobs.filter((other) => other !== id) } });
  };
  return (
    <section class="purpose" aria-labelledby="purpose">
      <h2 id="purpose">{words().job.title}</h2>
      <p>
        <Show when={props.job.description} fallback={<span class="muted">{words().job.none}</span>}>
          {props.job.description}
        </Show>{' '}
        <span class="muted number">{words().job.pays(formatAmount(props.job.pricePerCopy))}</span>
      </p>
      <div class="row">
        <button type="button" class="button is-small" aria-pressed={isPinned()} onClick={togglePin}>
          {isPinned() ? words().job.pinned : words().job.pin}
        </button>
        <button type="button" class="button is-small is-quiet" onClick={() => block('blockedJobs', props.job.id)}>
          {words().job.block}
        </button>
        <button type="button" class="button is-small is-quiet" onClick={() => block('blockedRequesters', props.job.requester.account)}>
          {words().job.blockRequester(props.job.requester.name)}
        </button>
      </div>
    </section>
  );
}
