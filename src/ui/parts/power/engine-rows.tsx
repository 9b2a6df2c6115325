// The engines of this device, each with its switch, what was asked of it and what was measured.
import { For, type JSX, Show } from 'solid-js';
import { useApp } from '../../state/app-context.ts';
import { formatCount } from '../../state/format.ts';
import { readWords } from '../../state/words.ts';
import { LoadRange } from './load-range.tsx';
import { SwitchRow } from './switch-row.tsx';
import { POWER_WORDS } from './words.ts';

export function EngineRows(): JSX.Element {
  const { contributor } = useApp();
  const words = () => readWords(POWER_WORDS).power;
  return (
    <div class="engines">
      <GpuRow />
      <CpuRow />
      <Show when={contributor.snapshot().measured.isSteppingBack}>
        <p class="hint" role="status">
          {words().steppingBack}
        </p>
      </Show>
    </div>
  );
}

function GpuRow(): JSX.Element {
  const { contributor } = useApp();
  const words = () => readWords(POWER_WORDS).power;
  const gpu = () => contributor.snapshot().settings.gpu;
  const hint = () => {
    if (!gpu().isOn) return words().isOff;
    const { missing, measured } = contributor.snapshot();
    if (missing.gpu && missing.gpu.reason !== 'not-opened') return words().missing(missing.gpu.reason, missing.gpu.why);
    return measured.gpuPercent === null ? words().notRunning : words().measured(show(measured.gpuPercent), show(gpu().duty * 100));
  };
  return (
    <div class="engine">
      <SwitchRow label={words().gpu} isOn={gpu().isOn} hint={hint()} onChange={(isOn) => void contributor.setSettings({ gpu: { isOn } })}>
        <LoadRange
          label={words().gpuLoad}
          share={gpu().duty}
          isOff={!gpu().isOn}
          valueText={(percent) => words().ofGpu(percent)}
          onSet={(duty) => void contributor.setSettings({ gpu: { duty } })}
        />
      </SwitchRow>
    </div>
  );
}

/** What was asked for is shown in the unit of what is measured: of all hardware threads. */
function CpuRow(): JSX.Element {
  const { contributor } = useApp();
  const words = () => readWords(POWER_WORDS).power;
  const cpu = () => contributor.snapshot().settings.cpu;
  const maxThreads = Math.max(1, navigator.hardwareConcurrency || 1);
  const threads = () => Math.min(cpu().threads, maxThreads);
  const hint = () => {
    if (!cpu().isOn) return words().isOff;
    const { missing, measured } = contributor.snapshot();
    if (missing.cpu && missing.cpu.reason !== 'not-opened') return words().missing(missing.cpu.reason, missing.cpu.why);
    if (measured.cpuPercent === null) return words().notRunning;
    return words().ofThreads(show(measured.cpuPercent), show((cpu().share * threads() * 100) / maxThreads));
  };
  return (
    <div class="engine">
      <SwitchRow label={words().cpu} isOn={cpu().isOn} hint={hint()} onChange={(isOn) => void contributor.setSettings({ cpu: { isOn } })}>
        <LoadRange
          label={words().cpuLoad}
          share={cpu().share}
          isOff={!cpu().isOn}
          valueText={(percent) => words().ofCpu(percent, threads())}
          onSet={(share) => void contributor.setSettings({ cpu: { share } })}
        />
      </SwitchRow>
      <Show when={maxThreads > 1 && cpu().isOn}>
        <label class="threads">
          {words().threads}
          <select
            class="select"
            value={threads()}
            onChange={(event) => void contributor.setSettings({ cpu: { threads: Number(event.currentTarget.value) } })}
          >
            <For each={Array.from({ length: maxThreads }, (_, index) => index + 1)}>
              {(count) => <option value={count}>{count}</option>}
            </For>
          </select>
        </label>
      </Show>
    </div>
  );
}

function show(percent: number): string {
  return formatCount(Math.round(percent));
}
