/** Finds the name that was perhaps meant by a misspelt one. */

/** "Did you mean ...?" as the notes of a fault: empty when no name is near. */
export function suggestName(wrong: string, names: Iterable<string>): readonly string[] {
  const near = nearestName(wrong, names);
  return near === null ? [] : [`Did you mean "${near}"?`];
}

export function nearestName(wrong: string, names: Iterable<string>): string | null {
  const most = wrong.length < 4 ? 1 : 2;
  let best: string | null = null;
  let least = most + 1;
  for (const name of names) {
    if (name === wrong || Math.abs(name.length - wrong.length) > most) continue;
    const distance = name.toLowerCase() === wrong.toLowerCase() ? 0 : editDistance(wrong, name);
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

/** Letters to insert, drop, change or swap with their neighbour. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? (before[j - 2] ?? 0) + 1 : changed;
      next.push(Math.min(changed, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length] ?? 0;
}
