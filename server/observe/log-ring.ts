// The last lines of the log, kept in memory for the operator's page; what must not be written was left out before they came here.

export interface RingLine {
  /** Grows with each line while the process lives. */
  readonly at: number;
  readonly time: string;
  readonly level: string;
  readonly sentence: string;
  /** The rest of the line, as JSON. */
  readonly facts: string;
}

export interface LogQuery {
  /** This level and graver ones. */
  readonly level: string;
  /** Anywhere in the line, in any case of letters. */
  readonly contains: string;
  readonly limit: number;
}

export interface LogRing {
  add(line: string): void;
  /** Newest first. */
  find(query: LogQuery): readonly RingLine[];
  readonly size: number;
}

const GRAVITY: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
/** A line with a long stack is cut here. */
const MAX_LINE = 8_192;

export function createLogRing(kept: number): LogRing {
  const lines: string[] = [];
  let written = 0;
  return {
    add(line) {
      lines[written % kept] = line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line;
      written++;
    },
    find({ level, contains, limit }) {
      const least = GRAVITY.indexOf(level);
      const wanted = contains.toLowerCase();
      const found: RingLine[] = [];
      for (let at = written - 1; at >= 0 && at >= written - kept && found.length < limit; at--) {
        const text = lines[at % kept]!;
        if (!text.toLowerCase().includes(wanted)) continue;
        const line = readLine(text, at);
        if (GRAVITY.indexOf(line.level) >= least) found.push(line);
      }
      return found;
    },
    get size() {
      return Math.min(written, kept);
    },
  };
}

function readLine(text: string, at: number): RingLine {
  try {
    const { level, time, msg, name: _name, ...facts } = JSON.parse(text) as Record<string, unknown>;
    const rest = Object.keys(facts).length === 0 ? '' : JSON.stringify(facts);
    return { at, time: String(time ?? ''), level: String(level ?? 'info'), sentence: String(msg ?? ''), facts: rest };
  } catch {
    // it was cut
    return { at, time: '', level: /"level":"(\w+)"/.exec(text)?.[1] ?? 'info', sentence: '', facts: text };
  }
}
