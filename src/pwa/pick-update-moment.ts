// Whether a new version may come now or must ask first. PURE. Woken by: a version that is ready, a page shown or hidden, the engine's state.

export interface UpdateMoment {
  readonly isVisible: boolean;
  /** Something was typed that a reload would lose. */
  readonly isTyping: boolean;
  /** This device computes, here or in another tab. */
  readonly isComputing: boolean;
  /** The coordinator no longer talks to this version. */
  readonly isTooOld: boolean;
}

/** Nobody is interrupted for a version that can wait; one that the coordinator demands waits only for what is being typed. */
export function pickUpdateMoment({ isVisible, isTyping, isComputing, isTooOld }: UpdateMoment): 'now' | 'ask' {
  if (isTyping) return 'ask';
  if (isTooOld) return 'now';
  return isVisible || isComputing ? 'ask' : 'now';
}
