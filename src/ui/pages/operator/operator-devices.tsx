// Devices as an operator sees them: whose they are, what their record is, and whether they are banned.
import { createEffect, createSignal, For, type JSX, Match, on, Show, Switch } from 'solid-js';
import '../../styles/device-cards.css';
import { DEVICE_FILTERS, type DeviceFilter, type OperatorDevice, type OperatorDevicesView } from '../../../protocol/api-operator.ts';
import { Failed, Loading } from '../../parts/page-state.tsx';
import { useApp } from '../../state/app-context.ts';
import { createClock } from '../../state/create-clock.ts';
import { describeFault } from '../../state/describe-fault.ts';
import { formatCount, formatDay, formatMoment } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import type { AskedAct } from './act-dialog.tsx';
import { createPolled } from './create-polled.ts';
import { shortenName } from './shorten-name.ts';
import { WORDS } from './words.ts';

const REFRESH_MS = 5_000;

export function OperatorDevices(props: { readonly acts: number; readonly onAct: (act: AskedAct) => void }): JSX.Element {
  const words = useWords(WORDS);
  const [show, setShow] = createSignal<DeviceFilter>('connected');
  const page = createPolled<OperatorDevicesView>(() => `/api/operator/devices?show=${show()}`, REFRESH_MS, true);
  const older = createOlder(show, page.value);
  createEffect(on(() => props.acts, page.refresh, { defer: true }));
  const devices = () => [...(page.value()?.devices ?? []), ...older.devices()];
  return (
    <section class="card stack" aria-labelledby="devices">
      <div class="operator-head">
        <h2 id="devices">{words().devices.heading}</h2>
        <fieldset class="segments">
          <legend class="sr">{words().devices.showLegend}</legend>
          <For each={DEVICE_FILTERS}>
            {(filter) => (
              <button type="button" aria-pressed={show() === filter} onClick={() => setShow(filter)}>
                {words().devices.show[filter]}
              </button>
            )}
          </For>
        </fieldset>
      </div>
      <Switch>
        <Match when={page.value() && devices().length === 0}>
          <p class="muted">{words().devices.none[show()]}</p>
        </Match>
        <Match when={page.value()}>
          <DeviceTable devices={devices()} onAct={props.onAct} />
          <Show when={older.next() !== null}>
            <button type="button" class="button is-small" onClick={older.more}>
              {words().devices.more}
            </button>
          </Show>
        </Match>
        <Match when={page.fault()}>{(fault) => <Failed fault={fault()} onRetry={page.refresh} />}</Match>
        <Match when={true}>
          <Loading heights={[44, 44, 44]} label={words().devices.loading} />
        </Match>
      </Switch>
    </section>
  );
}

/** Pages after the first stay as they were read. */
function createOlder(show: () => DeviceFilter, first: () => OperatorDevicesView | null) {
  const { api, toasts } = useApp();
  const [devices, setDevices] = createSignal<readonly OperatorDevice[]>([]);
  const [last, setLast] = createSignal<OperatorDevicesView | null>(null);
  createEffect(
    on(show, () => {
      setDevices([]);
      setLast(null);
    }),
  );
  const next = () => (last() ?? first())?.next ?? null;
  return {
    devices,
    next,
    more(): void {
      api.readJson<OperatorDevicesView>(`/api/operator/devices?show=${show()}&before=${next()}`).then(
        (page) => {
          setDevices((known) => [...known, ...page.devices]);
          setLast(page);
        },
        (error: unknown) => toasts.show(describeFault(error).sentence),
      );
    },
  };
}

function DeviceTable(props: { readonly devices: readonly OperatorDevice[]; readonly onAct: (act: AskedAct) => void }): JSX.Element {
  const words = useWords(WORDS);
  return (
    <section class="scroller" tabindex="0" aria-label={words().devices.heading}>
      <table class="table small is-cards">
        <thead>
          <tr>
            <th class="n">{words().devices.device}</th>
            <th>{words().devices.account}</th>
            <th>{words().devices.engine}</th>
            <th class="n">{words().devices.inFlight}</th>
            <th class="n">{words().devices.verified}</th>
            <th class="n">{words().devices.outvoted}</th>
            <th class="n">{words().devices.failed}</th>
            <th class="n">{words().devices.since}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          <For each={props.devices}>{(device) => <DeviceRow device={device} onAct={props.onAct} />}</For>
        </tbody>
      </table>
    </section>
  );
}

function DeviceRow(props: { readonly device: OperatorDevice; readonly onAct: (act: AskedAct) => void }): JSX.Element {
  const words = useWords(WORDS);
  const nowMs = createClock();
  const device = () => props.device;
  const outvoted = () => device().outvotedExact + device().outvotedTolerance;
  const ask = (): void => {
    const id = String(device().device);
    const kind = device().ban === null ? 'ban' : 'unban';
    const said = words().act[kind];
    const path = `/api/operator/devices/${id}/${kind}`;
    props.onAct({
      path,
      title: said.title(id),
      text: said.text,
      button: said.button,
      done: said.done(id),
      word: kind === 'ban' ? id : null,
    });
  };
  return (
    <tr>
      <td class="n" data-label={words().devices.device}>
        {device().device}
      </td>
      <td title={device().accountName}>
        {shortenName(device().accountName)}
        <Show when={device().ban}>
          {(ban) => <p class="disputed">{words().devices.banned(formatMoment(ban().atMs, nowMs()), ban().reason)}</p>}
        </Show>
      </td>
      <td>
        <Show when={device().live} fallback={<span class="muted">{words().devices.away}</span>}>
          {(live) => (
            <>
              {live().engine} <span class="muted">· {live().transport === 'rtc' ? 'WebRTC' : 'WebSocket'}</span>
            </>
          )}
        </Show>
      </td>
      <td class="n" data-label={words().devices.inFlight}>
        {device().live ? formatCount(device().live?.inFlight ?? 0) : words().never}
      </td>
      <td class="n" data-label={words().devices.verified}>
        {formatCount(device().verified)}
      </td>
      <td class="n" data-label={words().devices.outvoted} classList={{ disputed: outvoted() > 0 }}>
        {formatCount(outvoted())}
      </td>
      <td class="n" data-label={words().devices.failed}>
        {formatCount(device().failed)}
      </td>
      <td class="n" data-label={words().devices.since}>
        {formatDay(device().sinceMs)}
      </td>
      <td class="n">
        <button type="button" class="button is-small" onClick={ask}>
          {device().ban === null ? words().devices.ban : words().devices.unban}
          <span class="sr"> {device().device}</span>
        </button>
      </td>
    </tr>
  );
}
