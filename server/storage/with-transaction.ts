// A transaction on one connection of the pool, tried again when the database asks for it.
import type pg from 'pg';

/** Serialization failure and deadlock: the same transaction may succeed now. */
const RETRY_CODES: readonly unknown[] = ['40001', '40P01'];
export const MAX_TRIES = 4;

/** Thrown inside a transaction that must be run anew on fresh data. */
export class RetryTransaction extends Error {
  readonly code = '40001';
}

export function mayRetry(fault: unknown): boolean {
  return RETRY_CODES.includes((fault as { readonly code?: unknown } | null)?.code);
}

/** Whatever `run` throws rolls everything back. */
export function withTransaction<Value>(pool: pg.Pool, run: (client: pg.PoolClient) => Promise<Value>): Promise<Value> {
  return retryTransaction(pool, async (client) => {
    await client.query('begin');
    const value = await run(client);
    await client.query('commit');
    return value;
  });
}

/** `run` begins and commits by itself; it is told how many times it was tried before. */
export async function retryTransaction<Value>(
  pool: pg.Pool,
  run: (client: pg.PoolClient, triesBefore: number) => Promise<Value>,
): Promise<Value> {
  for (let tries = 1; ; tries++) {
    const client = await pool.connect();
    try {
      const value = await run(client, tries - 1);
      client.release();
      return value;
    } catch (fault) {
      const isClean = await client.query('rollback').then(
        () => true,
        () => false,
      );
      client.release(!isClean);
      if (!mayRetry(fault) || tries >= MAX_TRIES) throw fault;
    }
  }
}
