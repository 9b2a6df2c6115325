// Devices that are connected now: what kind they are and what they have done.
import { A } from '@solidjs/router';
import { createSignal, For, type JSX, Match, onCleanup, Show, Switch } from 'solid-js';
import '../../styles/device-cards.css';
import type { PublicDevice, PublicDevicesView } from '../../../protocol/api-network.ts';
import type { FaultBody } from '../../../protocol/fault.ts';
import { Empty, Failed, Loading } from '../../parts/page-state.tsx';
import { useApp } from '../../state/app-context.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatCount, formatDay } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

const REFRESH_MS = 10_000;

export function DeviceTable(): JSX.Element {
  const words = useWords(WORDS);
  const { api } = useApp();
  const [view, setView] = createSignal<PublicDevicesView | null>(null);
  const [fault, setFault] = createSignal<FaultBody | null>(null);
  const load = async (): Promise<void> => {
    try {
      setView(await api.readJson<PublicDevicesView>('/api/network/devices'));
      setFault(null);
    } catch (error) {
      setFault(describeFault(error));
    }
  };
  void load();
  const timer = setInterval(() => document.visibilityState === 'visible' && void load(), REFRESH_MS);
  onCleanup(() => clearInterval(timer));
  return (
    <section aria-labelledby="devices" class="stack">
      <div>
        <h2 id="devices">{words().devices.heading}</h2>
        <p class="muted">{words().devices.about}</p>
      </div>
      <Switch>
        <Match when={view()?.connected === 0}>
          <Empty title={words().devices.emptyTitle} sentence={words().devices.emptySentence}>
            <A href="/" class="button is-main">
              {words().devices.start}
            </A>
          </Empty>
        </Match>
        <Match when={view()}>{(found) => <Table view={found()} />}</Match>
        <Match when={fault()}>{(found) => <Failed fault={found()} onRetry={() => void load()} />}</Match>
        <Match when={true}>
          <Loading heights={[44, 44, 44]} label={words().devices.loading} />
        </Match>
      </Switch>
    </section>
  );
}

function Table(props: { readonly view: PublicDevicesView }): JSX.Element {
  const words = useWords(WORDS);
  return (
    <>
      <section class="scroller card device-card-list" tabindex="0" aria-label={words().devices.heading}>
        <table class="table is-cards">
          <thead>
            <tr>
              <th>{words().devices.name}</th>
              <th>{words().devices.kind}</th>
              <th>{words().devices.engine}</th>
              <th class="n">{words().devices.verified}</th>
              <th class="n">{words().devices.outvoted}</th>
              <th class="n">{words().devices.since}</th>
            </tr>
          </thead>
          <tbody>
            <For each={props.view.devices}>{(device) => <Row device={device} />}</For>
          </tbody>
        </table>
      </section>
      <Show when={props.view.connected > props.view.devices.length}>
        <p class="muted small">{words().devices.more(formatCount(props.view.devices.length), formatCount(props.view.connected))}</p>
      </Show>
    </>
  );
}

function Row(props: { readonly device: PublicDevice }): JSX.Element {
  const words = useWords(WORDS);
  return (
    <tr>
      <td class="mono">{props.device.alias}</td>
      <td>{words().devices.kinds[props.device.class]}</td>
      <td>{props.device.label}</td>
      <td class="n" data-label={words().devices.verified}>
        {formatCount(props.device.verified)}
      </td>
      <td class="n" data-label={words().devices.outvoted} classList={{ disputed: props.device.outvoted > 0 }}>
        {formatCount(props.device.outvoted)}
      </td>
      <td class="n" data-label={words().devices.since}>
        {formatDay(props.device.sinceMs)}
      </td>
    </tr>
  );
}
