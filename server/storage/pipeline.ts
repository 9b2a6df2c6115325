// Sends many statements at once and reads their answers in order: a commit waits for the database twice instead of a dozen times.
import type pg from 'pg';

/** A prepared statement; its text never changes. Values travel as text, bytes as they are. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values?: readonly (string | Uint8Array | null)[];
  /** For `copy … from stdin`. */
  readonly data?: Uint8Array;
}

/** Columns as text, in the statement's order. */
export type TextRow = readonly (string | null)[];

interface Wire {
  readonly stream: { cork(): void; uncork(): void };
  parse(statement: { readonly name: string; readonly text: string; readonly types: readonly [] }): void;
  bind(binding: { readonly portal: ''; readonly statement: string; readonly values: readonly unknown[] }): void;
  execute(portal: { readonly portal: ''; readonly rows: 0 }): void;
  close(what: { readonly type: 'S'; readonly name: string }): void;
  sync(): void;
  sendCopyFromChunk(bytes: Uint8Array): void;
  endCopyFrom(): void;
}

/** Statements that a connection has prepared. */
const prepared = new WeakMap<Wire, Set<string>>();

function send(wire: Wire, { name, text, values = [], data }: Statement, known: ReadonlySet<string>): void {
  if (!known.has(name)) {
    // a batch that failed may have prepared it without our knowing
    wire.close({ type: 'S', name });
    wire.parse({ name, text, types: [] });
  }
  wire.bind({ portal: '', statement: name, values });
  wire.execute({ portal: '', rows: 0 });
  if (!data) return;
  wire.sendCopyFromChunk(data);
  wire.endCopyFrom();
}

type Settle = (fault: unknown, rows: readonly (readonly TextRow[])[]) => void;

/** What the driver calls while it reads the answers; one `sync` ends them all, and the first error skips what follows it. */
class Batch {
  readonly #statements: readonly Statement[];
  readonly #settle: Settle;
  readonly #rows: TextRow[][] = [];
  #current: TextRow[] = [];
  #wire: Wire | null = null;

  constructor(statements: readonly Statement[], settle: Settle) {
    this.#statements = statements;
    this.#settle = settle;
  }

  submit(wire: Wire): null {
    this.#wire = wire;
    const known = prepared.get(wire) ?? new Set();
    prepared.set(wire, known);
    wire.stream.cork();
    try {
      for (const statement of this.#statements) send(wire, statement, known);
      wire.sync();
    } finally {
      wire.stream.uncork();
    }
    return null;
  }

  handleDataRow(message: { readonly fields: TextRow }): void {
    this.#current.push(message.fields);
  }

  handleCommandComplete(): void {
    this.#rows.push(this.#current);
    this.#current = [];
  }

  handleError(fault: unknown): void {
    this.#settle(fault, []);
  }

  handleReadyForQuery(): void {
    const known = this.#wire && prepared.get(this.#wire);
    for (const { name } of this.#statements) known?.add(name);
    this.#settle(null, this.#rows);
  }

  handleRowDescription(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}
  /** The bytes are already on their way. */
  handleCopyInResponse(): void {}
  handleCopyData(): void {}
}

/** Rows of each statement. Throws what the database said first; what came after it was not run. */
export function runPipeline(client: pg.PoolClient, statements: readonly Statement[]): Promise<readonly (readonly TextRow[])[]> {
  return new Promise((resolve, reject) => {
    const batch = new Batch(statements, (fault, rows) => (fault ? reject(fault) : resolve(rows)));
    client.query(batch as unknown as pg.Submittable);
  });
}
