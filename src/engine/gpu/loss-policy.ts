// What to do when the GPU goes away: ask for it again once, then compute on the CPU. Woken by device.lost and by a refused adapter.

export interface LossState {
  /** When devices were lost, oldest first; only what still counts. */
  readonly lossesMs: readonly number[];
}

export type LossAction =
  | { readonly kind: 'ask-again'; readonly afterMs: number; readonly sentence: string }
  | { readonly kind: 'use-cpu'; readonly sentence: string };

/** A driver that was reset needs a moment before it answers. */
export const ASK_AGAIN_AFTER_MS = 2_000;
/** Chromium gives no adapter for about this long after a second crash of its GPU process (measured, 156). */
export const LOSS_WINDOW_MS = 120_000;

export const NO_LOSSES: LossState = { lossesMs: [] };

export function judgeLoss(state: LossState, nowMs: number): { readonly state: LossState; readonly action: LossAction } {
  const lossesMs = [...state.lossesMs.filter((lossMs) => nowMs - lossMs < LOSS_WINDOW_MS), nowMs];
  const action: LossAction =
    lossesMs.length === 1
      ? { kind: 'ask-again', afterMs: ASK_AGAIN_AFTER_MS, sentence: 'The GPU was lost; asking the browser for it again.' }
      : {
          kind: 'use-cpu',
          sentence: 'The GPU was lost twice within two minutes; this device computes on the CPU until the page is reloaded.',
        };
  return { state: { lossesMs }, action };
}

/** The browser was asked again and has no adapter. */
export function judgeNoAdapter(state: LossState): { readonly state: LossState; readonly action: LossAction } {
  return {
    state,
    action: {
      kind: 'use-cpu',
      sentence: 'The browser gives no GPU after a loss; this device computes on the CPU until the page is reloaded.',
    },
  };
}
