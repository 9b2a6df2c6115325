// Operator: the state of the coordinator and the operator's acts; for everybody else, what is missing to be one.
import { createSignal, type JSX, Match, onMount, Show, Switch } from 'solid-js';
import '../../styles/operator.css';
import type { OperatorMe, OperatorView } from '../../../protocol/api-operator.ts';
import { createTitle } from '../../parts/create-title.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { createClock } from '../../state/create-clock.ts';
import { formatMoment } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { ActDialog, type AskedAct } from './act-dialog.tsx';
import { AuditLog } from './audit-log.tsx';
import { createPolled, type Polled } from './create-polled.ts';
import { DemoLiar } from './demo-liar.tsx';
import { EventLog } from './event-log.tsx';
import { FigureCards } from './figure-cards.tsx';
import { HealthCard } from './health-card.tsx';
import { OperatorDevices } from './operator-devices.tsx';
import { OperatorGate } from './operator-gate.tsx';
import { RunningJobs } from './running-jobs.tsx';
import { Versions } from './versions.tsx';
import { WORDS } from './words.ts';

/** Who one is changes seldom; the hours run out. */
const WHO_MS = 60_000;
const OVERVIEW_MS = 3_000;

export function OperatorPage(): JSX.Element {
  const words = useWords(WORDS);
  createTitle(
    () => words().title,
    () => words().description,
  );
  const who = createPolled<OperatorMe>(() => '/api/operator/me', WHO_MS);
  const refused = () => {
    const me = who.value();
    return me?.kind === 'refused' ? me : null;
  };
  const operator = () => {
    const me = who.value();
    return me?.kind === 'operator' ? me : null;
  };
  return (
    <>
      <PageHead title={words().title} lead={words().lead} />
      <Switch>
        <Match when={operator()}>{(me) => <Console untilMs={me().untilMs} />}</Match>
        <Match when={refused()}>{(me) => <OperatorGate why={me().why} onSignedIn={who.refresh} />}</Match>
        <Match when={who.fault()}>{(fault) => <Failed fault={fault()} onRetry={who.refresh} />}</Match>
        <Match when={true}>
          <Loading heights={[120, 240]} label={words().loading} />
        </Match>
      </Switch>
    </>
  );
}

function Console(props: { readonly untilMs: number }): JSX.Element {
  const words = useWords(WORDS);
  const overview = createPolled<OperatorView>(() => '/api/operator', OVERVIEW_MS);
  const [act, setAct] = createSignal<AskedAct | null>(null);
  const [acts, setActs] = createSignal(0);
  onMount(() => overview.refresh());
  const done = (): void => {
    setActs((count) => count + 1);
    overview.refresh();
  };
  return (
    <Switch>
      <Match when={overview.value()}>
        {(view) => (
          <div class="operator">
            <Staleness polled={overview} />
            <HealthCard view={view()} untilMs={props.untilMs} onAct={setAct} />
            <FigureCards view={view()} />
            <Show when={view().demo}>{(demo) => <DemoLiar demo={demo()} onAct={setAct} />}</Show>
            <OperatorDevices acts={acts()} onAct={setAct} />
            <RunningJobs acts={acts()} onAct={setAct} />
            <EventLog acts={acts()} />
            <AuditLog acts={acts()} />
            <Versions view={view()} />
            <ActDialog act={act()} onClose={() => setAct(null)} onDone={done} />
          </div>
        )}
      </Match>
      <Match when={overview.fault()}>{(fault) => <Failed fault={fault()} onRetry={overview.refresh} />}</Match>
      <Match when={true}>
        <Loading heights={[160, 240, 240]} label={words().loading} />
      </Match>
    </Switch>
  );
}

function Staleness(props: { readonly polled: Polled<OperatorView> }): JSX.Element {
  const words = useWords(WORDS);
  const nowMs = createClock();
  return (
    <Show when={props.polled.fault()}>
      <p class="notice" role="status">
        {words().asOf(formatMoment(props.polled.heardAtMs() ?? nowMs(), nowMs()))}
      </p>
    </Show>
  );
}
