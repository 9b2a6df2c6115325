// COPY as a stream: a table leaves or enters the database in pieces, and no more of it is in memory than a few of them.
import type pg from 'pg';

/** Rows come one a message; they are handed on in pieces of about this size. */
const PIECE_BYTES = 256 * 1024;
/** Pieces that wait for a slow reader before the database is asked to pause. */
const MAX_WAITING = 8;

interface Socket {
  readonly writableNeedDrain: boolean;
  pause(): void;
  resume(): void;
  once(event: 'drain' | 'close', listener: () => void): void;
  off(event: 'drain' | 'close', listener: () => void): void;
}

interface Wire {
  readonly stream: Socket;
  query(text: string): void;
  sendCopyFromChunk(bytes: Uint8Array): void;
  endCopyFrom(): void;
  sendCopyFail(why: string): void;
}

/** What the driver calls of a query; none of these happens within a COPY. */
class CopyQuery {
  readonly text: string;
  protected wire: Wire | null = null;

  constructor(text: string) {
    this.text = text;
  }

  submit(wire: Wire): null {
    this.wire = wire;
    wire.query(this.text);
    return null;
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}
  handleCopyInResponse(_wire: unknown): void {}
  handleCopyData(_message: { readonly chunk: Buffer }): void {}
}

/** Rows gather in a piece, pieces in a short queue; a long queue stops the socket. */
class CopyOut extends CopyQuery {
  readonly #waiting: Buffer[] = [];
  #piece = Buffer.allocUnsafe(PIECE_BYTES);
  #at = 0;
  #isPaused = false;
  #hasEnded = false;
  #fault: unknown = null;
  #wake: () => void = () => {};

  override handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (this.#at + chunk.length > this.#piece.length) this.#flush(chunk.length);
    // the driver uses the chunk's memory again
    this.#at += chunk.copy(this.#piece, this.#at);
  }

  handleCommandComplete(): void {
    this.#flush(0);
  }

  handleError(fault: unknown): void {
    this.#fault = fault;
    this.#end();
  }

  handleReadyForQuery(): void {
    this.#end();
  }

  #flush(room: number): void {
    if (this.#at > 0) this.#waiting.push(this.#piece.subarray(0, this.#at));
    this.#piece = Buffer.allocUnsafe(Math.max(PIECE_BYTES, room));
    this.#at = 0;
    if (this.#waiting.length >= MAX_WAITING && !this.#isPaused) {
      this.#isPaused = true;
      this.wire?.stream.pause();
    }
    this.#wake();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  async *pieces(): AsyncGenerator<Buffer> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next) yield next;
      else if (this.#fault) throw this.#fault;
      else if (this.#hasEnded) return;
      else {
        if (this.#isPaused) {
          this.#isPaused = false;
          this.wire?.stream.resume();
        }
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}

/**
 * The pieces of `copy … to stdout`, rows never cut between two of them. Read them to the end: the connection is busy until then.
 * Throws what the database said.
 */
export function copyOut(client: pg.ClientBase, statement: string): AsyncGenerator<Buffer> {
  const query = new CopyOut(statement);
  client.query(query as unknown as pg.Submittable);
  return query.pieces();
}

/** Feeds the pieces once the database asks for them, and waits when its socket is full. */
class CopyIn extends CopyQuery {
  readonly #pieces: AsyncIterable<Uint8Array>;
  readonly #settle: (fault: unknown, rows: number) => void;
  /** What made us stop; the database then answers with a fault of its own, which says less. */
  #cause: unknown = null;
  #fault: unknown = null;
  #rows = 0;

  constructor(statement: string, pieces: AsyncIterable<Uint8Array>, settle: (fault: unknown, rows: number) => void) {
    super(statement);
    this.#pieces = pieces;
    this.#settle = settle;
  }

  override handleCopyInResponse(): void {
    void this.#feed();
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#rows = Number(/^COPY (\d+)/.exec(text)?.[1] ?? 0);
  }

  /** The driver says nothing more after it. */
  handleError(fault: unknown): void {
    this.#fault = fault;
    this.#settle(this.#cause ?? fault, 0);
  }

  handleReadyForQuery(): void {
    this.#settle(null, this.#rows);
  }

  async #feed(): Promise<void> {
    const wire = this.wire!;
    try {
      for await (const piece of this.#pieces) {
        // the database has refused a row: what follows is of no use
        if (this.#fault) break;
        wire.sendCopyFromChunk(piece);
        await roomIn(wire.stream);
      }
      if (!this.#fault) wire.endCopyFrom();
    } catch (cause) {
      this.#cause = cause;
      if (!this.#fault) wire.sendCopyFail('the source broke off');
    }
  }
}

function roomIn(socket: Socket): Promise<void> | void {
  if (!socket.writableNeedDrain) return;
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.once('drain', done);
    socket.once('close', done);
  });
}

/** Feeds `copy … from stdin` and answers how many rows it took. Throws what the source or the database said. */
export function copyIn(client: pg.ClientBase, statement: string, pieces: AsyncIterable<Uint8Array>): Promise<number> {
  return new Promise((resolve, reject) => {
    const query = new CopyIn(statement, pieces, (fault, rows) => (fault ? reject(fault) : resolve(rows)));
    client.query(query as unknown as pg.Submittable);
  });
}
