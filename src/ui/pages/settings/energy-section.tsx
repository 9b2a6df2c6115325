// What computing here draws and costs: an estimate from what the person says of the device and what was measured of its load.
import { createSignal, createUniqueId, For, type JSX, Show } from 'solid-js';
import { useApp } from '../../state/app-context.ts';
import { busyOn, dayOf, sumBusy } from '../../state/busy-log.ts';
import {
  DEFAULT_ENERGY,
  DEVICE_CLASSES,
  type EnergyChoice,
  estimateEnergy,
  MAX_PRICE_CENTS,
  MAX_WATTS,
  MIN_WATTS,
  parseEnergyChoice,
} from '../../state/estimate-energy.ts';
import { formatCount, formatDecimal } from '../../state/format.ts';
import { recall, remember } from '../../state/remember.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export function EnergySection(): JSX.Element {
  const { contributor } = useApp();
  const words = useWords(WORDS);
  const id = createUniqueId();
  const [choice, setChoice] = createSignal<EnergyChoice>(recall('energy', parseEnergyChoice) ?? DEFAULT_ENERGY);
  const change = (part: Partial<EnergyChoice>): void => {
    setChoice((before) => ({ ...before, ...part }));
    remember('energy', choice());
  };
  const today = () => estimateEnergy(choice(), busyOn(contributor.busy(), dayOf(Date.now())));
  const month = () => estimateEnergy(choice(), sumBusy(contributor.busy()));
  return (
    <>
      <p class="muted">{words().energy.hint}</p>
      <div class="fields">
        <div class="field">
          <label for={`${id}-device`}>{words().energy.device}</label>
          <select
            id={`${id}-device`}
            class="select"
            value={choice().device}
            onChange={(event) => change({ device: DEVICE_CLASSES.find((name) => name === event.currentTarget.value) ?? 'laptop' })}
          >
            <For each={DEVICE_CLASSES}>{(name) => <option value={name}>{words().energy.classes[name]}</option>}</For>
          </select>
        </div>
        <Show when={choice().device === 'own'}>
          <NumberField
            label={words().energy.watts}
            value={choice().ownWatts}
            min={MIN_WATTS}
            max={MAX_WATTS}
            decimals={0}
            onSet={(ownWatts) => change({ ownWatts })}
          />
        </Show>
        <NumberField
          label={words().energy.price}
          value={choice().centsPerKwh / 100}
          min={0}
          max={MAX_PRICE_CENTS / 100}
          decimals={2}
          onSet={(price) => change({ centsPerKwh: price * 100 })}
        />
      </div>
      <p>{words().energy.today(formatDecimal(today().wattHours, 1), formatDecimal(today().cents / 100, 2))}</p>
      <p>{words().energy.month(formatDecimal(month().wattHours, 1), formatDecimal(month().cents / 100, 2))}</p>
    </>
  );
}

function NumberField(props: {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly decimals: number;
  readonly onSet: (value: number) => void;
}): JSX.Element {
  const words = useWords(WORDS);
  const id = createUniqueId();
  const [isWrong, setWrong] = createSignal(false);
  const set = (text: string): void => {
    const value = Number(text);
    const isRight = text.trim() !== '' && value >= props.min && value <= props.max;
    setWrong(!isRight);
    if (isRight) props.onSet(value);
  };
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        class="input"
        type="number"
        inputmode="decimal"
        step="any"
        min={props.min}
        max={props.max}
        value={props.value}
        aria-invalid={isWrong()}
        onChange={(event) => set(event.currentTarget.value)}
      />
      <Show when={isWrong()}>
        <p class="refusal" role="alert">
          {words().energy.wrong(formatCount(props.min), formatCount(props.max))}
        </p>
      </Show>
    </div>
  );
}
