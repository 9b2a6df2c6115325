// The few signs of the app, drawn on a 24 unit grid; always beside words or an accessible name.
import type { JSX } from 'solid-js';

const PATHS = {
  contribute: 'M5 5c4-2 10-2 14 0l-1 5 2 3-4 4 .5 2.5L12 22l-3-2-2.5.7L5 16l-3-2.5 1.5-4.5z M8.5 13l2.5 2.5 4.5-5',
  jobs: 'M4 4h7v7H4z M13 4h7v7h-7z M4 13h7v7H4z M13 13h7v7h-7z',
  plus: 'M12 5v14 M5 12h14',
  account: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8z M4.5 20c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5',
  tick: 'M5 12.5l4.5 4.5L19 7',
  eye: 'M2.5 12C5 7.5 8.3 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5S5 16.5 2.5 12z M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  hand: 'M7 13V6.5a1.5 1.5 0 0 1 3 0V11 M10 11V4.5a1.5 1.5 0 0 1 3 0V11 M13 11V5.5a1.5 1.5 0 0 1 3 0V12 M16 12V8.5a1.5 1.5 0 0 1 3 0V15c0 4-2.5 6.5-6 6.5-3 0-4.5-1-6-3.5L4.2 14a1.5 1.5 0 0 1 2.6-1.5L8 14',
  sliders: 'M4 7h10 M18 7h2 M4 17h4 M12 17h8 M16 4.5v5 M10 14.5v5',
  podium: 'M9 20V6h6v14 M3 20v-8h6v8 M15 20v-5h6v5 M2 20h20',
  network:
    'M12 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z M5 21.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z M19 21.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z M12 7.5v4 M12 11.5l-5.5 5.2 M12 11.5l5.5 5.2',
  embed: 'M8.5 8L4 12l4.5 4 M15.5 8l4.5 4-4.5 4 M13.5 5l-3 14',
  operator: 'M12 3l7.5 3v5.5c0 4.5-3 8-7.5 9.5-4.5-1.5-7.5-5-7.5-9.5V6z M9 12l2.2 2.2L15.2 10',
  more: 'M5 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2z M12 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2z M19 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2z',
  download: 'M12 4v11 M7 11l5 5 5-5 M4 20h16',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon(props: { readonly name: IconName; readonly size?: number }): JSX.Element {
  return (
    <svg
      viewBox="0 0 24 24"
      width={props.size ?? 20}
      height={props.size ?? 20}
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[props.name]} />
    </svg>
  );
}
