// What happened in a world, one line each: written only when somebody will read it.

export interface WorldLog {
  /** The line is made only when it is kept. */
  note(who: string, what: () => string): void;
  readonly lines: readonly string[];
}

/** Lines kept at most: the last are the ones that matter. */
const MAX_LINES = 100_000;

export function createWorldLog(isTraced: boolean, sinceStartMs: () => number): WorldLog {
  const lines: string[] = [];
  return {
    note(who, what) {
      if (!isTraced || lines.length >= MAX_LINES) return;
      lines.push(`${(sinceStartMs() / 1_000).toFixed(3).padStart(9)}  ${who.padEnd(14)} ${what()}`);
    },
    lines,
  };
}
