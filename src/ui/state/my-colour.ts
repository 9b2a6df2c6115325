// The colour of one's own in the mosaics: the same for an account everywhere, and never one that says verified, disputed or ours.
import type { AccountId } from '../../protocol/ids.ts';

export interface OwnColour {
  readonly light: string;
  readonly dark: string;
}

/** Blues to magentas only: green, amber and clay have meanings. Each stands 3 to 1 or better on its theme's ground and on bare tesserae. */
export const OWN_COLOURS: readonly OwnColour[] = [
  { light: '#1f5fbf', dark: '#7fb0ff' },
  { light: '#00699e', dark: '#5fc3f5' },
  { light: '#4b49c4', dark: '#a5a3ff' },
  { light: '#6d3bb8', dark: '#c39bff' },
  { light: '#92309c', dark: '#e58cf0' },
  { light: '#a8246f', dark: '#ff8fc4' },
];

/** Before anybody is signed in: the first. */
export function pickOwnColour(account: AccountId | null): OwnColour {
  // Neighbours in the sequence of accounts must not look alike.
  return OWN_COLOURS[account === null ? 0 : (account * 7) % 6]!;
}

/** Whatever is drawn below `element` has it as `--mine`. */
export function wearOwnColour(element: HTMLElement, account: AccountId | null): void {
  const { light, dark } = pickOwnColour(account);
  element.style.setProperty('--mine', `light-dark(${light}, ${dark})`);
}
