// Results of this account that were not accepted: which, why, and where they first differ from what was agreed.
import { A } from '@solidjs/router';
import { createSignal, For, type JSX, Match, Show, Switch } from 'solid-js';
import type { Difference, RejectionsPage, RejectionView } from '../../../protocol/api-standing.ts';
import { readRejections } from '../../../requester/read-rejections.ts';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { useApp } from '../../state/app-context.ts';
import { createAnswer } from '../../state/create-answer.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatCount, formatMoment, shortenDigest } from '../../state/format.ts';
import { readWords } from '../../state/words.ts';
import { HISTORY_WORDS } from './history-words.ts';

export function RejectionList(): JSX.Element {
  const { api, toasts } = useApp();
  const words = () => readWords(HISTORY_WORDS).rejections;
  const [isLoadingMore, setLoadingMore] = createSignal(false);
  const page = createAnswer((signal) => readRejections(api, null, signal));
  const loadOlder = async (known: RejectionsPage, before: number): Promise<void> => {
    setLoadingMore(true);
    try {
      const older = await readRejections(api, before);
      page.set({ rejections: [...known.rejections, ...older.rejections], next: older.next });
    } catch (error) {
      toasts.show(describeFault(error).sentence);
    } finally {
      setLoadingMore(false);
    }
  };
  return (
    <section class="card stack" aria-labelledby="rejected">
      <h2 id="rejected">{words().title}</h2>
      <Switch>
        <Match when={page.value()}>
          {(known) => (
            <Show when={known().rejections.length > 0} fallback={<p class="muted">{words().none}</p>}>
              <ul class="rejections" role="list">
                <For each={known().rejections}>{(rejection) => <Rejection rejection={rejection} />}</For>
              </ul>
              <Show when={known().next}>
                {(next) => (
                  <button type="button" class="button is-small" disabled={isLoadingMore()} onClick={() => void loadOlder(known(), next())}>
                    {words().older}
                  </button>
                )}
              </Show>
            </Show>
          )}
        </Match>
        <Match when={page.fault()}>{(fault) => <Failed fault={fault()} onRetry={page.load} />}</Match>
        <Match when={true}>
          <Loading heights={[56, 56]} label={words().loading} />
        </Match>
      </Switch>
    </section>
  );
}

function Rejection(props: { readonly rejection: RejectionView }): JSX.Element {
  const words = () => readWords(HISTORY_WORDS).rejections;
  const openedAtMs = Date.now();
  const rejection = () => props.rejection;
  return (
    <li>
      <p>
        {words().shard(formatCount(rejection().index))} <strong>{rejection().title}</strong>{' '}
        <time class="muted small">{formatMoment(rejection().atMs, openedAtMs)}</time>
      </p>
      <p class="small">
        {words().reason(rejection().reason)} <A href={`/jobs/${rejection().job}?shard=${rejection().index}`}>{words().evidence}</A>
      </p>
      <Show when={rejection().acceptedDigest}>
        {(accepted) => <p class="small muted">{words().digests(shortenDigest(rejection().digest), shortenDigest(accepted()))}</p>}
      </Show>
      <Show when={rejection().difference}>{(difference) => <Bytes difference={difference()} />}</Show>
    </li>
  );
}

function Bytes(props: { readonly difference: Difference }): JSX.Element {
  const words = () => readWords(HISTORY_WORDS).rejections;
  const spaced = (hex: string): string => hex.replace(/..(?=.)/g, '$& ');
  return (
    <div class="small">
      <p>{words().first(formatCount(props.difference.byte), props.difference.output)}</p>
      <dl class="bytes mono">
        <dt>{words().here}</dt>
        <dd>{spaced(props.difference.mineHex)}</dd>
        <dt>{words().agreed}</dt>
        <dd>{spaced(props.difference.acceptedHex)}</dd>
      </dl>
      <Show when={props.difference.element}>
        {(element) => (
          <p class="muted">{words().element(formatCount(element().index), String(element().mine), String(element().accepted))}</p>
        )}
      </Show>
    </div>
  );
}
