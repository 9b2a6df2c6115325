// What there is to know of this device when something is wrong: engines, limits, the self-test, and a report to copy.
import { createSignal, type JSX, Match, Show, Switch } from 'solid-js';
import type { FaultBody } from '../../../protocol/fault.ts';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { Refusal } from '../../parts/refusal.tsx';
import { useApp } from '../../state/app-context.ts';
import { createAnswer } from '../../state/create-answer.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatBytes, formatCount, formatMoment } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { type Diagnostics, readDiagnostics } from './read-diagnostics.ts';
import type { SelfTest } from './self-test.ts';
import { WORDS } from './words.ts';

export function DiagnosticsSection(): JSX.Element {
  const words = useWords(WORDS);
  const found = createAnswer(readDiagnostics);
  const [test, setTest] = createSignal<SelfTest | null>(null);
  return (
    <Switch>
      <Match when={found.value()}>
        {(view) => (
          <>
            <Facts view={view()} />
            <TestPanel test={test()} onTested={setTest} />
            <Report view={view()} test={test()} />
          </>
        )}
      </Match>
      <Match when={found.fault()}>{(fault) => <Failed fault={fault()} onRetry={found.load} />}</Match>
      <Match when={true}>
        <Loading heights={[160]} label={words().sections.diagnostics} />
      </Match>
    </Switch>
  );
}

function Facts(props: { readonly view: Diagnostics }): JSX.Element {
  const { build, contributor } = useApp();
  const words = useWords(WORDS);
  const snapshot = contributor.snapshot;
  const openedAtMs = Date.now();
  return (
    <dl class="facts small">
      <dt>{words().diagnostics.build}</dt>
      <dd>{build}</dd>
      <dt>{words().diagnostics.gpu}</dt>
      <dd>{props.view.adapter?.label ?? words().diagnostics.adapterNone}</dd>
      <Show when={props.view.adapter}>
        {(adapter) => (
          <>
            <dt>{words().diagnostics.limits}</dt>
            <dd>{words().diagnostics.limitsOf(formatBytes(adapter().maxBufferBytes), formatCount(adapter().maxInvocations))}</dd>
          </>
        )}
      </Show>
      <dt>{words().diagnostics.threads}</dt>
      <dd class="number">{formatCount(props.view.threads)}</dd>
      <dt>{words().diagnostics.isolation}</dt>
      <dd>{props.view.isIsolated ? words().diagnostics.yes : words().diagnostics.no}</dd>
      <dt>{words().diagnostics.lock}</dt>
      <dd>{props.view.isLockHeld ? words().diagnostics.lockSomebody : words().diagnostics.lockNobody}</dd>
      <dt>{words().diagnostics.connection}</dt>
      <dd>{{ rtc: 'WebRTC', ws: 'WebSocket', none: '–' }[snapshot().transport ?? 'none']}</dd>
      <dt>{words().diagnostics.gpuLoss}</dt>
      <dd>
        <Show when={snapshot().gpuLoss} fallback={words().diagnostics.never}>
          {(loss) => (
            <>
              {formatMoment(loss().atMs, openedAtMs)} <span lang="en">{loss().sentence}</span>
            </>
          )}
        </Show>
      </dd>
    </dl>
  );
}

function TestPanel(props: { readonly test: SelfTest | null; readonly onTested: (test: SelfTest) => void }): JSX.Element {
  const { api } = useApp();
  const words = useWords(WORDS);
  const [isRunning, setRunning] = createSignal(false);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const run = async (): Promise<void> => {
    setRunning(true);
    setFault(null);
    try {
      const { runSelfTest } = await import('./self-test.ts');
      props.onTested(await runSelfTest(api));
    } catch (error) {
      setFault(describeFault(error));
    } finally {
      setRunning(false);
    }
  };
  const took = (engine: string, ms: number): string => words().diagnostics.took(engine, formatCount(Math.round(ms)));
  const sentence = (test: SelfTest): string => {
    const { same, differ, cpuOnly } = words().diagnostics;
    switch (test.kind) {
      case 'same':
        return same(`${took('GPU', test.gpuMs)}, ${took('CPU', test.cpuMs)}.`);
      case 'differ':
        return differ(formatCount(test.bytes));
      case 'cpu-only':
        return cpuOnly(`${took('CPU', test.cpuMs)}.`);
    }
  };
  return (
    <div>
      <button type="button" class="button is-small" disabled={isRunning()} onClick={() => void run()}>
        {words().diagnostics.selfTest}
      </button>
      <p role="status" class="small" data-test={props.test?.kind}>
        {isRunning() ? words().diagnostics.testing : props.test && sentence(props.test)}
      </p>
      <Refusal fault={fault()} />
    </div>
  );
}

/** Names browser, GPU and settings: neither key nor account. */
function Report(props: { readonly view: Diagnostics; readonly test: SelfTest | null }): JSX.Element {
  const { build, contributor } = useApp();
  const words = useWords(WORDS);
  const [said, setSaid] = createSignal('');
  const text = (): string => {
    const { state, engines, missing, settings, measured, counts, transport } = contributor.snapshot();
    const { likes: _, ...shown } = settings;
    const report = { build, ...props.view, state: state.kind, transport, engines, missing, measured, counts, settings: shown };
    return JSON.stringify({ ...report, selfTest: props.test }, null, 2);
  };
  const copy = async (): Promise<void> => {
    const isCopied = await navigator.clipboard.writeText(text()).then(
      () => true,
      () => false,
    );
    setSaid(isCopied ? words().diagnostics.copied : words().diagnostics.copyFailed);
  };
  return (
    <>
      <div class="row">
        <button type="button" class="button is-small" onClick={() => void copy()}>
          {words().diagnostics.copy}
        </button>
        <span role="status" class="small muted">
          {said()}
        </span>
      </div>
      <details>
        <summary>{words().diagnostics.report}</summary>
        <section class="scroller report" tabindex="0" aria-label={words().diagnostics.report}>
          <pre class="mono">{text()}</pre>
        </section>
      </details>
    </>
  );
}
