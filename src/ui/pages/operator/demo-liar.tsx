// Demo mode: starts a contributor that lies, and tells how the others outvote it.
import { A } from '@solidjs/router';
import { For, type JSX, Show } from 'solid-js';
import type { LiarView, Lie } from '../../../protocol/api-operator.ts';
import { formatCount, formatDecimal } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import type { AskedAct } from './act-dialog.tsx';
import { type OperatorWords, WORDS } from './words.ts';

const NEEDED = 2;

export function DemoLiar(props: { readonly demo: LiarView; readonly onAct: (act: AskedAct) => void }): JSX.Element {
  const words = useWords(WORDS);
  const isOn = () => props.demo.state === 'starting' || props.demo.state === 'lying';
  const inject = (): void => props.onAct({ path: '/api/operator/demo/inject-liar', ...words().act.inject });
  const stop = (): void => props.onAct({ path: '/api/operator/demo/stop-liar', ...words().act.stop, word: null });
  return (
    <section class="card stack demo" aria-labelledby="demo">
      <div class="operator-head">
        <h2 id="demo">{words().demo.heading}</h2>
        <Show
          when={isOn()}
          fallback={
            <button type="button" class="button is-small is-main" onClick={inject}>
              {words().demo.inject}
            </button>
          }
        >
          <button type="button" class="button is-small" onClick={stop}>
            {words().demo.stop}
          </button>
        </Show>
      </div>
      <p class="muted">{words().demo.about}</p>
      <p role="status">{tellStory(props.demo, words())}</p>
      <p class="small" classList={{ disputed: props.demo.honestDevices < NEEDED, muted: props.demo.honestDevices >= NEEDED }}>
        {words().demo.honest(formatCount(props.demo.honestDevices))}{' '}
        <Show when={props.demo.honestDevices < NEEDED}>{words().demo.need}</Show>
      </p>
      <Show when={props.demo.lies.length > 0}>
        <ol class="lies" role="list">
          <For each={props.demo.lies}>{(lie) => <LieLine lie={lie} />}</For>
        </ol>
      </Show>
    </section>
  );
}

function tellStory({ state, device, answers, outvoted }: LiarView, words: OperatorWords): string {
  const { story } = words.demo;
  if (state === 'none') return story.none;
  const where = state === 'lying' ? story.lying(String(device)) : story[state];
  if (answers === 0) return where;
  const fate = outvoted === 0 ? story.waiting : `${story.outvoted(formatCount(outvoted))} ${story.unpaid}`;
  return `${where} ${story.answers(formatCount(answers))} ${fate}`;
}

function LieLine(props: { readonly lie: Lie }): JSX.Element {
  const words = useWords(WORDS);
  const { demo } = words();
  const after = () => {
    const { toldAtMs, finalAtMs } = props.lie;
    return finalAtMs === null ? demo.open : demo.redone(formatDecimal((finalAtMs - toldAtMs) / 1_000, 1));
  };
  return (
    <li data-done={props.lie.finalAtMs !== null}>
      <A href={`/jobs/${props.lie.job}?shard=${props.lie.index}`}>{demo.lie(formatCount(props.lie.index), String(props.lie.job))}</A>{' '}
      <span class="muted">{after()}</span>
    </li>
  );
}
