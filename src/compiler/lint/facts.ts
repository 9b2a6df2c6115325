/** What can make two honest devices differ, each with its line in the source; sets of facts are the bits of a number. */

/**
 * `arithmetic`, `division`, `root`, `function`: the last bits may differ. `step`: a float became a whole number, so they may differ by one. `branch`,
 * `index`: a float decided which way or where, so they may differ wholly. `atomic`, `exchange`: the order of the invocations decides.
 */
export const factKinds = ['arithmetic', 'division', 'root', 'function', 'step', 'branch', 'index', 'atomic', 'exchange'] as const;
export type FactKind = (typeof factKinds)[number];

export interface Fact {
  readonly kind: FactKind;
  /** The built-in function it is about, or ''. */
  readonly what: string;
  readonly line: number | null;
}

/** A set of facts: bit i is fact i of its table. */
export type FactSet = number;

/** More facts of one kind about one function say nothing new to people. */
const factsOfAKind = 3;
const maxFacts = 30;

export class FactTable {
  readonly facts: Fact[] = [];
  private readonly known = new Map<string, FactSet>();
  private readonly masks = new Map<FactKind, FactSet>();

  /** The set that holds this one fact. Beyond what fits, a fact is taken for one of its kind, or for the last. */
  note(kind: FactKind, line: number | null, what = ''): FactSet {
    const key = `${kind} ${what} ${line}`;
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const same = this.facts.findLastIndex((fact) => fact.kind === kind && fact.what === what);
    const isFull = this.facts.filter((fact) => fact.kind === kind && fact.what === what).length >= factsOfAKind;
    const kin = this.facts.findLastIndex((fact) => fact.kind === kind);
    const hasRoom = this.facts.length < maxFacts - (kin < 0 ? 0 : factKinds.length);
    const index = isFull ? same : hasRoom ? this.facts.push({ kind, what, line }) - 1 : kin;
    const set = 1 << index;
    this.known.set(key, set);
    this.masks.set(kind, (this.masks.get(kind) ?? 0) | set);
    return set;
  }

  /** All facts of some kinds. */
  of(...kinds: readonly FactKind[]): FactSet {
    return kinds.reduce((set, kind) => set | (this.masks.get(kind) ?? 0), 0);
  }

  list(set: FactSet): readonly Fact[] {
    return this.facts.filter((_, index) => (set & (1 << index)) !== 0);
  }
}

export function sayFact({ kind, what }: Fact): string {
  switch (kind) {
    case 'arithmetic':
      return 'Adds or multiplies floats: a GPU may fuse the two, change their order, or drop the smallest numbers.';
    case 'division':
      return 'Divides floats, which a GPU need only do to within 2.5 units in the last place.';
    case 'root':
      return 'Takes a square root, which a GPU need not round correctly.';
    case 'function':
      return `Uses ${what}: every GPU has an approximation of its own.`;
    case 'step':
      return 'Rounds a float to a whole number: a last bit that differs can make it the next one.';
    case 'branch':
      return 'Decides by a float: a last bit that differs can take the other way, and then everything behind it differs.';
    case 'index':
      return 'Picks a place in memory by a float: a last bit that differs can pick another one.';
    case 'atomic':
      return `Uses what ${what} gave back, which depends on who came first.`;
    case 'exchange':
      return `Leaves what ${what} wrote last, and who is last depends on the order.`;
  }
}
