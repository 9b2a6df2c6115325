// What a site might earn, from three figures; said soberly.
import { createSignal, createUniqueId, type JSX } from 'solid-js';
import { formatAmount } from '../../state/format.ts';
import { useWords } from '../../state/words.ts';
import { DEFAULT_GUESS, estimateSite, type SiteGuess } from './estimate-site.ts';
import { WORDS } from './words.ts';

const DAYS_A_MONTH = 30n;
const LIMITS: Readonly<Record<keyof SiteGuess, number>> = { visitsADay: 10_000_000, yesPercent: 100, minutes: 600 };

export function SiteEstimate(props: { readonly sharePercent: number }): JSX.Element {
  const words = useWords(WORDS);
  const [guess, setGuess] = createSignal(DEFAULT_GUESS);
  const day = () => estimateSite(guess(), props.sharePercent);
  return (
    <section class="card stack" aria-labelledby="estimate">
      <h2 id="estimate">{words().estimate.title}</h2>
      <div class="estimate-fields">
        <NumberField label={words().estimate.visits} name="visitsADay" guess={guess()} onGuess={setGuess} />
        <NumberField label={words().estimate.yes} name="yesPercent" guess={guess()} onGuess={setGuess} />
        <NumberField label={words().estimate.minutes} name="minutes" guess={guess()} onGuess={setGuess} />
      </div>
      <p>
        <output>{words().estimate.result(formatAmount(day(), 1), formatAmount(day() * DAYS_A_MONTH, 0))}</output>
      </p>
      <p class="muted small">{words().estimate.sober}</p>
    </section>
  );
}

function NumberField(props: {
  readonly label: string;
  readonly name: keyof SiteGuess;
  readonly guess: SiteGuess;
  readonly onGuess: (guess: SiteGuess) => void;
}): JSX.Element {
  const id = createUniqueId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        class="input number"
        type="number"
        inputmode="numeric"
        min="0"
        max={LIMITS[props.name]}
        value={props.guess[props.name]}
        onInput={(event) => {
          const value = event.currentTarget.valueAsNumber;
          if (value >= 0 && value <= LIMITS[props.name]) props.onGuess({ ...props.guess, [props.name]: value });
        }}
      />
    </div>
  );
}
