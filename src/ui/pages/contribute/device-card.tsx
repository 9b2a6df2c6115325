// Which engines this device uses and why, how it reaches the coordinator, how fast it is, and what that costs in energy.
import { For, type JSX, Show } from 'solid-js';
import { useApp } from '../../state/app-context.ts';
import { busyOn, dayOf } from '../../state/busy-log.ts';
import { DEFAULT_ENERGY, estimateEnergy, parseEnergyChoice } from '../../state/estimate-energy.ts';
import { formatCount, formatDecimal } from '../../state/format.ts';
import { recall } from '../../state/remember.ts';
import { readWords } from '../../state/words.ts';
import { RUN_WORDS } from './run-words.ts';

export function DeviceCard(): JSX.Element {
  const { contributor } = useApp();
  const words = () => readWords(RUN_WORDS);
  const snapshot = contributor.snapshot;
  const energy = recall('energy', parseEnergyChoice) ?? DEFAULT_ENERGY;
  const wattHours = () => estimateEnergy(energy, busyOn(contributor.busy(), dayOf(Date.now()))).wattHours;
  const engines = () => [snapshot().engines.gpu, snapshot().engines.cpu].flatMap((engine) => engine ?? []);
  const transport = () => {
    const kind = snapshot().transport;
    const { device } = words();
    return kind && (kind === 'rtc' ? { label: device.rtc, why: device.rtcWhy } : { label: device.ws, why: device.wsWhy });
  };
  return (
    <section class="card" aria-labelledby="device">
      <h2 id="device">{words().device.title}</h2>
      <dl class="facts small">
        <For each={engines()}>
          {(engine) => (
            <>
              <dt>
                <span class="badge" data-tone={engine.kind === 'gpu' && !engine.isFallback ? 'on' : 'live'}>
                  {engine.kind === 'gpu' ? (engine.isFallback ? words().device.software : 'GPU') : 'CPU'}
                </span>
              </dt>
              <dd>{engine.label}</dd>
            </>
          )}
        </For>
        <dt>{words().device.connection}</dt>
        <dd>
          <Show when={transport()} fallback={<span class="muted">{words().device.closed}</span>}>
            {(found) => (
              <>
                {found().label}
                <div class="muted">{found().why}</div>
              </>
            )}
          </Show>
        </dd>
        <dt>{words().device.speed}</dt>
        <dd class="number">
          <Show when={snapshot().speedWorkgroupsPerSecond > 0} fallback={<span class="muted">{words().device.unmeasured}</span>}>
            {words().device.speedOf(formatCount(Math.round(snapshot().speedWorkgroupsPerSecond)))}
          </Show>
        </dd>
        <dt>{words().device.energy}</dt>
        <dd title={words().device.energyHint}>{words().device.energyOf(formatDecimal(wattHours(), wattHours() < 10 ? 2 : 0))}</dd>
      </dl>
    </section>
  );
}
