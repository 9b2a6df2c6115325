// One shard: its verdict, and the votes it rests on.
import { createEffect, createSignal, For, type JSX, Match, on, onCleanup, Show, Switch } from 'solid-js';
import type { JobView, ShardView, VoteView } from '../../../protocol/api.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import type { VoteState } from '../../../protocol/verdict.ts';
import { readShard } from '../../../requester/read-shard.ts';
import type { ShardMark } from '../../parts/mosaic/shard-mark.ts';
import { Loading } from '../../parts/page-state.tsx';
import { useApp } from '../../state/app-context.ts';
import { createClock } from '../../state/create-clock.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatAgo, formatAmount, formatBytes, formatCount, shortenDigest } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { uiWords } from '../../words.ts';
import { WORDS } from './words.ts';

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const VOTE_MARKS: Readonly<Record<VoteState, string>> = {
  waiting: '…',
  agreed: '✓',
  outvoted: '≠',
  late: '–',
  withheld: '?',
  failed: '×',
};

interface WatchedShard {
  readonly job: JobView;
  readonly index: number;
  readonly mark: ShardMark;
}

/** One shard as the coordinator has it, read again with every new verdict. */
function createShardView(props: WatchedShard) {
  const { api } = useApp();
  const [shard, setShard] = createSignal<ShardView | null>(null);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  let stop = new AbortController();
  const load = (): void => {
    stop.abort();
    stop = new AbortController();
    const { signal } = stop;
    setFault(null);
    // what was stopped may still answer, late: it belongs to another shard
    readShard(api, props.job.id, props.index, signal).then(
      (found) => !signal.aborted && setShard(found),
      (error: unknown) => !signal.aborted && setFault(describeFault(error)),
    );
  };
  // A new verdict means new votes.
  createEffect(on([() => props.index, () => props.mark], load));
  onCleanup(() => stop.abort());
  return { shard, fault, load };
}

export function ShardEvidence(props: {
  readonly job: JobView;
  readonly index: number;
  readonly mark: ShardMark;
  readonly onClose: () => void;
}): JSX.Element {
  const words = useWords(WORDS);
  const { shard, fault, load } = createShardView(props);
  const nowMs = createClock();
  const isCurrent = () => shard()?.index === props.index;
  return (
    <section class="card evidence" aria-label={words().evidence.shard(props.index)}>
      <div class="tools">
        <h2>
          {words().evidence.shard(props.index)} <span class="muted">{words().evidence.inAll(formatCount(props.job.shards))}</span>
        </h2>
        <button type="button" class="button is-small is-quiet" onClick={() => props.onClose()}>
          {words().evidence.close}
        </button>
      </div>
      <p role="status" class="small muted verdict">
        {capitalise(uiWords().mosaic.marks[props.mark])}
        <Show when={isCurrent() && shard()}>{(one) => <>. {words().evidence.workgroups(one().base, one().base + one().count - 1)}</>}</Show>
      </p>
      <Switch>
        <Match when={fault()}>
          {(found) => (
            <p class="row">
              <span class="refusal" lang="en">
                {found().sentence}
              </span>
              <button type="button" class="button is-small" onClick={load}>
                {words().evidence.retry}
              </button>
            </p>
          )}
        </Match>
        <Match when={!isCurrent()}>
          <Loading heights={[56, 56]} label={words().evidence.loading} />
        </Match>
        <Match when={shard()}>{(one) => <Votes shard={one()} nowMs={nowMs()} />}</Match>
      </Switch>
    </section>
  );
}

function Votes(props: { readonly shard: ShardView; readonly nowMs: number }): JSX.Element {
  const words = useWords(WORDS);
  return (
    <>
      <Show when={props.shard.votes.length > 0} fallback={<p class="muted">{words().evidence.nobody}</p>}>
        <ul role="list">
          <For each={props.shard.votes}>{(vote) => <Vote vote={vote} nowMs={props.nowMs} />}</For>
        </ul>
      </Show>
      <Show when={props.shard.outputs.length > 0}>
        <p class="small muted">
          <For each={props.shard.outputs}>
            {(output) => (
              <>
                {words().evidence.output(output.name, formatBytes(output.bytes))}{' '}
                <code title={output.root}>{shortenDigest(output.root)}</code>{' '}
              </>
            )}
          </For>
        </p>
      </Show>
    </>
  );
}

function Vote(props: { readonly vote: VoteView; readonly nowMs: number }): JSX.Element {
  const words = useWords(WORDS);
  return (
    <li class="vote" data-state={props.vote.state}>
      <span class="mark" aria-hidden="true">
        {VOTE_MARKS[props.vote.state]}
      </span>
      <span class="who">
        {props.vote.accountName} <span class="muted">{words().evidence.votes[props.vote.state]}</span>
      </span>
      <span class="number">{BigInt(props.vote.paid) > 0n ? `+${formatAmount(props.vote.paid)}` : '0'}</span>
      <span class="detail">
        {props.vote.engine === 'gpu' ? 'GPU' : 'CPU'} · {words().evidence.device(props.vote.device)} ·{' '}
        <Show when={props.vote.digest} fallback={words().evidence.noDigest}>
          {(digest) => <code title={digest()}>{shortenDigest(digest())}</code>}
        </Show>{' '}
        · {formatAgo(props.vote.atMs, props.nowMs)}
      </span>
    </li>
  );
}
