// Every act of an operator, newest first: when, which wallet, what, why.
import { createEffect, createSignal, For, type JSX, Match, on, Show, Switch } from 'solid-js';
import '../../styles/device-cards.css';
import type { AuditLine, AuditView } from '../../../protocol/api-operator.ts';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { useApp } from '../../state/app-context.ts';
import { createClock } from '../../state/create-clock.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatMoment } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { createPolled } from './create-polled.ts';
import { shortenName } from './shorten-name.ts';
import { WORDS } from './words.ts';

const REFRESH_MS = 30_000;

export function AuditLog(props: { readonly acts: number }): JSX.Element {
  const words = useWords(WORDS);
  const { api, toasts } = useApp();
  const page = createPolled<AuditView>(() => '/api/operator/audit', REFRESH_MS);
  const [older, setOlder] = createSignal<readonly AuditLine[]>([]);
  const [last, setLast] = createSignal<AuditView | null>(null);
  createEffect(on(() => props.acts, page.refresh, { defer: true }));
  const next = () => (last() ?? page.value())?.next ?? null;
  /** A line may have moved from the first page to the second meanwhile. */
  const lines = () => {
    const newest = page.value()?.lines ?? [];
    const known = new Set(newest.map(({ id }) => id));
    return [...newest, ...older().filter(({ id }) => !known.has(id))];
  };
  const more = (): void => {
    api.readJson<AuditView>(`/api/operator/audit?before=${next()}`).then(
      (view) => {
        setOlder((known) => [...known, ...view.lines]);
        setLast(view);
      },
      (error: unknown) => toasts.show(describeFault(error).sentence),
    );
  };
  return (
    <section class="card stack" aria-labelledby="audit">
      <div>
        <h2 id="audit">{words().audit.heading}</h2>
        <p class="muted small">{words().audit.about}</p>
      </div>
      <Switch>
        <Match when={page.value() && lines().length === 0}>
          <p class="muted">{words().audit.none}</p>
        </Match>
        <Match when={page.value()}>
          <Lines lines={lines()} />
          <Show when={next() !== null}>
            <button type="button" class="button is-small" onClick={more}>
              {words().audit.older}
            </button>
          </Show>
        </Match>
        <Match when={page.fault()}>{(fault) => <Failed fault={fault()} onRetry={page.refresh} />}</Match>
        <Match when={true}>
          <Loading heights={[44, 44]} label={words().audit.loading} />
        </Match>
      </Switch>
    </section>
  );
}

function Lines(props: { readonly lines: readonly AuditLine[] }): JSX.Element {
  const words = useWords(WORDS);
  const nowMs = createClock();
  const nameAct = ({ act, device, job }: AuditLine): string => words().audit.acts[act](String(device ?? job ?? ''));
  return (
    <section class="scroller" tabindex="0" aria-label={words().audit.heading}>
      <table class="table small is-cards">
        <thead>
          <tr>
            <th>{words().audit.when}</th>
            <th>{words().audit.who}</th>
            <th>{words().audit.what}</th>
            <th>{words().audit.why}</th>
          </tr>
        </thead>
        <tbody>
          <For each={props.lines}>
            {(line) => (
              <tr>
                <td class="number muted">{formatMoment(line.atMs, nowMs())}</td>
                <td class="mono" title={line.wallet}>
                  {shortenName(line.wallet)}
                </td>
                <td>{nameAct(line)}</td>
                <td>{line.reason}</td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </section>
  );
}
