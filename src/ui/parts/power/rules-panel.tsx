// When this device is to rest: the rules of its owner, each with a switch and what it looks at.
import { createSignal, For, type JSX, Match, Show, Switch } from 'solid-js';
import { MAX_DATA_CAP, MAX_IDLE_MINUTES, MIN_DATA_CAP, MIN_IDLE_MINUTES } from '../../../contributor/adjust-settings.ts';
import { useApp } from '../../state/app-context.ts';
import { formatBytes } from '../../state/format.ts';
import { readWords } from '../../state/words.ts';
import { HoursEditor } from './hours-editor.tsx';
import { SwitchRow } from './switch-row.tsx';
import { POWER_WORDS } from './words.ts';

const IDLE_CHOICES = [MIN_IDLE_MINUTES, 2, 5, 10, 15, 30, MAX_IDLE_MINUTES] as const;
const MEGABYTE = 1_000_000;

export function RulesPanel(): JSX.Element {
  const { contributor } = useApp();
  const words = () => readWords(POWER_WORDS).rules;
  const settings = () => contributor.snapshot().settings;
  return (
    <div class="rules">
      <IdleRule />
      <SwitchRow
        label={words().battery}
        hint={words().batteryHint}
        isOn={settings().pauseOnBattery}
        onChange={(pauseOnBattery) => void contributor.setSettings({ pauseOnBattery })}
      />
      <SwitchRow
        label={words().hours}
        isOn={settings().hours.isOn}
        onChange={(isOn) => void contributor.setSettings({ hours: { isOn } })}
      />
      <Show when={settings().hours.isOn}>
        <HoursEditor ranges={settings().hours.ranges} onChange={(ranges) => void contributor.setSettings({ hours: { ranges } })} />
      </Show>
      <DataRule />
    </div>
  );
}

function IdleRule(): JSX.Element {
  const { contributor } = useApp();
  const words = () => readWords(POWER_WORDS).rules;
  const rule = () => contributor.snapshot().settings.onlyWhenIdle;
  const detection = () => contributor.snapshot().idleDetection;
  return (
    <>
      <SwitchRow label={words().idle} isOn={rule().isOn} onChange={(isOn) => void contributor.setSettings({ onlyWhenIdle: { isOn } })} />
      <Show when={rule().isOn}>
        <div class="rule-more">
          <label class="inline">
            {words().idleAfter}
            <select
              class="select"
              value={rule().afterMinutes}
              onChange={(event) => void contributor.setSettings({ onlyWhenIdle: { afterMinutes: Number(event.currentTarget.value) } })}
            >
              <For each={[...new Set([...IDLE_CHOICES, rule().afterMinutes])].sort((a, b) => a - b)}>
                {(count) => <option value={count}>{words().minutes(count)}</option>}
              </For>
            </select>
          </label>
          <Switch>
            <Match when={detection() === 'can-ask'}>
              <p class="hint">{words().idleAsk}</p>
              <div>
                <button type="button" class="button is-small" onClick={() => void contributor.askForIdleDetection()}>
                  {words().idleAskButton}
                </button>
              </div>
            </Match>
            <Match when={detection() === 'granted'}>
              <p class="hint">{words().idleGranted}</p>
            </Match>
            <Match when={detection() === 'denied'}>
              <p class="hint">{words().idleDenied}</p>
            </Match>
            <Match when={detection() === 'unsupported'}>
              <p class="hint">{words().idlePage}</p>
            </Match>
          </Switch>
        </div>
      </Show>
    </>
  );
}

function DataRule(): JSX.Element {
  const { contributor } = useApp();
  const words = () => readWords(POWER_WORDS).rules;
  const rule = () => contributor.snapshot().settings.dataCap;
  const used = () => formatBytes(contributor.snapshot().usage.bytesToday);
  const [isWrong, setWrong] = createSignal(false);
  const set = (text: string): void => {
    const bytesADay = Number(text) * MEGABYTE;
    const isRight = bytesADay >= MIN_DATA_CAP && bytesADay <= MAX_DATA_CAP;
    setWrong(!isRight);
    if (isRight) void contributor.setSettings({ dataCap: { bytesADay } });
  };
  return (
    <>
      <SwitchRow
        label={words().dataCap}
        hint={rule().isOn ? words().dataToday(used(), formatBytes(rule().bytesADay)) : words().dataTodayFree(used())}
        isOn={rule().isOn}
        onChange={(isOn) => void contributor.setSettings({ dataCap: { isOn } })}
      />
      <Show when={rule().isOn}>
        <div class="rule-more">
          <label class="inline">
            {words().dataCapAmount}
            <input
              class="input amount"
              type="number"
              inputmode="numeric"
              min={MIN_DATA_CAP / MEGABYTE}
              max={MAX_DATA_CAP / MEGABYTE}
              value={rule().bytesADay / MEGABYTE}
              aria-invalid={isWrong()}
              onChange={(event) => set(event.currentTarget.value)}
            />
            {words().megabytes}
          </label>
          <Show when={isWrong()}>
            <p class="refusal" role="alert">
              {words().dataWrong(formatBytes(MIN_DATA_CAP), formatBytes(MAX_DATA_CAP))}
            </p>
          </Show>
        </div>
      </Show>
    </>
  );
}
