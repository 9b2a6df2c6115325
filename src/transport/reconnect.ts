// When to try again after a connection ended: doubling, half of it by chance so that a restarted coordinator is not stormed. PURE.

export const FIRST_RETRY_MS = 500;
export const LONGEST_RETRY_MS = 60_000;

/** Delay before attempt `attempts + 1`, when `attempts` have failed since the last welcome; `random` is in [0, 1). */
export function nextAttemptMs(attempts: number, random: number): number {
  const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts, 30));
  return Math.round(ceiling * (0.5 + random / 2));
}
