// Whether things move: as the system says, or still by choice; remembered in this browser.
import { createSignal } from 'solid-js';
import { recall, remember } from './remember.ts';

export const MOTIONS = ['auto', 'still'] as const;
export type Motion = (typeof MOTIONS)[number];

function parseMotion(value: unknown): Motion | null {
  return MOTIONS.find((motion) => motion === value) ?? null;
}

const [motion, setMotion] = createSignal<Motion>('auto');

/** Reactive. */
export { motion };

function wear(next: Motion): void {
  if (next === 'auto') delete document.documentElement.dataset.motion;
  else document.documentElement.dataset.motion = next;
  setMotion(next);
}

/** Before the first drawing, so that nothing moves once. */
export function wearRememberedMotion(): void {
  wear(recall('motion', parseMotion) ?? 'auto');
}

export function chooseMotion(next: Motion): void {
  remember('motion', next);
  wear(next);
}

/** Motion is unwelcome: what would move is there at once. */
export function isStill(): boolean {
  return motion() === 'still' || matchMedia('(prefers-reduced-motion: reduce)').matches;
}
