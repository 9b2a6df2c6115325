// The truth that collatz.wgsl is tested against, in whole numbers of any size.

export interface CollatzRecord {
  readonly start: bigint;
  readonly steps: number;
  readonly unfinished: number;
}

/** Runs that hold a number from here on are counted as unfinished: 3n + 1 might not fit in 64 bits. */
const TOO_LARGE = 0x55555555n << 32n;
const MAX_STEPS = 4096;

/** Steps from n to 1; null where the program gives up. */
export function countCollatzSteps(start: bigint): number | null {
  let n = start;
  let steps = 0;
  while (n > 1n) {
    if (n % 2n === 0n) {
      n /= 2n;
    } else {
      if (n >= TOO_LARGE || steps >= MAX_STEPS) return null;
      n = 3n * n + 1n;
    }
    steps++;
  }
  return steps;
}

/** What one workgroup reports of `numbers` numbers from `first` on; what lies beyond 64 bits is unfinished. */
export function findCollatzRecord(first: bigint, numbers: number): CollatzRecord {
  let best = { start: first, steps: 0 };
  let unfinished = 0;
  for (let n = first; n < first + BigInt(numbers); n++) {
    const steps = n < 1n << 64n ? countCollatzSteps(n) : null;
    if (steps === null) unfinished++;
    else if (steps > best.steps) best = { start: n, steps };
  }
  return { ...best, unfinished };
}
