// The one big switch: a potsherd. Off it is black-figure (dark bands on clay), on it is red-figure, and the meander runs while it computes.
import type { JSX } from 'solid-js';
import { useApp } from '../../state/app-context.ts';
import { isContributing } from '../../state/create-contributor-controls.ts';
import { useWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

const SHERD = 'M70 118 C170 62 334 58 446 108 L422 196 L458 258 L388 344 L398 396 L296 474 L232 430 L168 446 L132 360 L62 308 L92 214 Z';
/** One key of the meander is 44 wide; there are enough of them to run one aside unseen. */
const KEY = 44;
const KEYS = Array.from({ length: 14 }, (_, index) => {
  const x = index * KEY - 2 * KEY;
  return `M${x} 40H${x + KEY} M${x + 6} 40V6H${x + 36}V28H${x + 18}V17H${x + 26}`;
}).join(' ');

export function SherdSwitch(): JSX.Element {
  const { contributor } = useApp();
  const words = useWords(WORDS);
  const isOn = () => isContributing(contributor.snapshot());
  const isPossible = () => contributor.snapshot().state.kind !== 'insecure';
  return (
    <button
      type="button"
      class="switch"
      data-on={isOn()}
      data-live={contributor.snapshot().state.kind === 'working'}
      disabled={!isPossible()}
      onClick={() => void (isOn() ? contributor.stop() : contributor.start())}
    >
      <svg viewBox="40 50 440 450" aria-hidden="true">
        <defs>
          <clipPath id="sherd">
            <path d={SHERD} />
          </clipPath>
        </defs>
        <path class="shadow" d={SHERD} transform="translate(7 11)" />
        <g clip-path="url(#sherd)">
          <rect class="ground" width="520" height="520" />
          <path class="sheen" d="M62 118 C200 40 330 60 446 108 L300 220 L80 300 Z" />
          <g class="band" fill="none" stroke-width="6.5" transform="rotate(-2 256 150) translate(0 118)">
            <path d="M0 -14H520 M0 60H520" stroke-width="9" />
            <path class="run" d={KEYS} />
          </g>
          <path class="band" d="M40 366 L480 350" fill="none" stroke-width="9" />
          <path class="band" d="M40 384 L480 368" fill="none" stroke-width="4" />
        </g>
        <text class="word" x="256" y="272">
          {isOn() ? words().switch.stop : words().switch.start}
        </text>
        <text class="under" x="256" y="312">
          {isOn() ? words().switch.stopUnder : words().switch.startUnder}
        </text>
      </svg>
      <span class="sr">{isOn() ? words().switch.stop : words().switch.start}</span>
    </button>
  );
}
