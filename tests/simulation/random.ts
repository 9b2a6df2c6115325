// Chance from one seed, forked by name, so that taking one thing out of a world does not reshuffle the others.

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number in [0, count). */
  below(count: number): number;
  between(low: number, high: number): number;
  isTrue(chance: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
  /** Its own sequence: the same for the same name, whatever was drawn before. */
  fork(name: string | number): Random;
}

/** mulberry32 over a hash of the seed and the names: small, and the same everywhere. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    below: (count) => Math.floor(next() * count),
    between: (low, high) => low + next() * (high - low),
    isTrue: (chance) => next() < chance,
    pick: (values) => values[Math.floor(next() * values.length)] as (typeof values)[number],
    fork: (name) => createRandom(hash(seed, String(name))),
  };
}

/** FNV-1a with a last mix, so that neighbouring seeds and names have nothing in common. */
function hash(seed: number, name: string): number {
  let value = (0x811c9dc5 ^ seed) >>> 0;
  for (let at = 0; at < name.length; at++) value = Math.imul(value ^ name.charCodeAt(at), 0x01000193) >>> 0;
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b) >>> 0;
  return (value ^ (value >>> 13)) >>> 0;
}
