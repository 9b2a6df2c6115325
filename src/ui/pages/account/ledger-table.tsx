// Every line of this account's ledger, newest first, with the balance after it.
import { A } from '@solidjs/router';
import { createEffect, createSignal, For, type JSX, Match, on, Show, Switch } from 'solid-js';
import type { LedgerLine } from '../../../protocol/api.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { readLedger } from '../../../requester/read-ledger.ts';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatAmount, formatChange, formatMoment } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export function LedgerTable(): JSX.Element {
  const { api, session } = useApp();
  const words = useWords(WORDS);
  const [lines, setLines] = createSignal<readonly LedgerLine[] | null>(null);
  const [next, setNext] = createSignal<number | null>(null);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const openedAtMs = Date.now();
  const load = async (before: number | null): Promise<void> => {
    setFault(null);
    try {
      const page = await readLedger(api, before);
      setLines((known) => (before === null ? page.lines : [...(known ?? []), ...page.lines]));
      setNext(page.next);
    } catch (error) {
      setFault(describeFault(error));
    }
  };
  createEffect(on(session.current, () => void load(null)));
  return (
    <section class="card" aria-labelledby="ledger">
      <h2 id="ledger">{words().ledger.title}</h2>
      <Switch>
        <Match when={fault() && lines() === null && fault()}>{(found) => <Failed fault={found()} onRetry={() => void load(null)} />}</Match>
        <Match when={lines() === null}>
          <Loading heights={[40, 40, 40]} label={words().ledger.loading} />
        </Match>
        <Match when={lines()?.length === 0}>
          <p class="muted">{words().ledger.none}</p>
        </Match>
        <Match when={lines()}>
          {(known) => (
            <>
              <section class="scroller" tabindex="0" aria-label={words().ledger.lines}>
                <table class="table ledger-lines">
                  <thead>
                    <tr>
                      <th>{words().ledger.when}</th>
                      <th>{words().ledger.what}</th>
                      <th class="n">{words().ledger.credits}</th>
                      <th class="n">{words().ledger.balance}</th>
                    </tr>
                  </thead>
                  <tbody>
                    <For each={known()}>{(line) => <Line line={line} nowMs={openedAtMs} />}</For>
                  </tbody>
                </table>
              </section>
              <Show when={next() !== null}>
                <button type="button" class="button is-small older" onClick={() => void load(next())}>
                  {words().ledger.older}
                </button>
              </Show>
              <Refusal fault={fault()} />
            </>
          )}
        </Match>
      </Switch>
    </section>
  );
}

function Line(props: { readonly line: LedgerLine; readonly nowMs: number }): JSX.Element {
  const words = useWords(WORDS);
  const isIn = () => BigInt(props.line.amount) > 0n;
  return (
    <tr>
      <td class="muted number">{formatMoment(props.line.atMs, props.nowMs)}</td>
      <td>
        {words().ledger.reasons[props.line.reason]}
        <Show when={props.line.job}>
          {(job) => (
            <>
              {' · '}
              <Show when={props.line.shards}>{(shards) => words().ledger.shardsOf(shards())}</Show>
              <A href={`/jobs/${job()}`}>{words().ledger.job(job())}</A>
            </>
          )}
        </Show>
        <Show when={props.line.credit === 'granted'}>
          {' '}
          <span class="badge">{words().ledger.granted}</span>
        </Show>
      </td>
      <td class="n" classList={{ verified: isIn() }}>
        {formatChange(props.line.amount, 6)}
      </td>
      <td class="n">{formatAmount(props.line.balance, 6)}</td>
    </tr>
  );
}
