// The journal: everything the core decided, in one transaction a batch; what a commit has answered survives any kill.
import type pg from 'pg';
import { Fault } from '../../src/protocol/fault.ts';
import type { MicroCredits } from '../../src/protocol/ids.ts';
import type { StoredBlob } from '../blobs/blob-rows.ts';
import type { CommitReport, CommitUnit, Journal, OutputBytes } from '../coordinator/change.ts';
import type { PostTransfers } from '../ledger/post-transfers.ts';
import type { Database } from './database.ts';
import { gatherRows, type Rows } from './gather-rows.ts';
import { type BlobReader, loadState } from './load-state.ts';
import { fitsRow } from './packed-outputs.ts';
import { createShareQueries } from './share-queries.ts';
import { MAX_TRIES, retryTransaction } from './with-transaction.ts';
import { type CommitPlan, createCommitWriter } from './write-commit.ts';

/** The blob store, as far as the journal needs it. */
export interface JournalBlobs extends BlobReader {
  /** Makes the bytes durable in files where they are many; the rows are written with the commit. Parallel to `parts`. */
  store(parts: readonly Uint8Array[]): Promise<readonly StoredBlob[]>;
}

export interface JournalOptions {
  readonly database: Pick<Database, 'pool' | 'kysely'>;
  readonly blobs: JournalBlobs;
  readonly postTransfers: PostTransfers;
  readonly guestCap: MicroCredits;
  /** See `CreditPolicy`. */
  readonly sitePercent?: number;
  /** Whose place in the database this process takes; another of the same name writes nothing from then on. */
  readonly instance?: string;
}

/** Numbers for transfers are drawn ahead, so that a commit need not. */
const IDS_AHEAD = 4_096;

export function createJournal(options: JournalOptions): Journal {
  const { database, blobs, postTransfers, guestCap, sitePercent = 0, instance = 'coordinator' } = options;
  const { pool } = database;
  const share = createShareQueries(pool, instance);
  const spareIds: number[] = [];
  const writer = createCommitWriter({ postTransfers, guestCap, sitePercent });
  let ownEpoch: number | null = null;
  let generation = 0;
  /** The end of the last commit is not known. */
  let isInDoubt = false;

  return {
    async load(blocks) {
      // it might still be written after the truth was read
      // two may read at once, and the answers come in any order
      if (isInDoubt && ownEpoch !== null) generation = Math.max(generation, await share.fenceAnew(ownEpoch));
      isInDoubt = false;
      return loadState(database.kysely, blobs, { owner: ownEpoch, blocks: blocks ?? null });
    },
    commit,
    async claimEpoch() {
      ownEpoch = await share.claimEpoch();
      generation = 0;
      return ownEpoch;
    },
    nextIds,
    renew: () => share.renew(mustEpoch()),
    claimBlocks: (limit) => share.claimBlocks(mustEpoch(), limit),
  };

  function mustEpoch(): number {
    if (ownEpoch === null) throw new Fault('internal', 'A coordinator must claim its epoch before it shares a database.');
    return ownEpoch;
  }

  async function nextIds(count: number): Promise<readonly number[]> {
    const { rows } = await pool.query<{ readonly id: number }>("select nextval('ids') as id from generate_series(1, $1::int)", [count]);
    return rows.map((row) => row.id);
  }

  /** Enough for every transfer of a commit, however often it is tried. */
  async function drawAhead(transfers: number): Promise<void> {
    const most = transfers * MAX_TRIES;
    if (spareIds.length < most) spareIds.push(...(await nextIds(Math.max(most - spareIds.length, IDS_AHEAD))));
  }

  async function commit(units: readonly CommitUnit[]): Promise<CommitReport> {
    const transfers = units.map(({ changes }) => changes.filter((change) => change.kind === 'transfer'));
    await drawAhead(transfers.reduce((sum, unit) => sum + unit.length, 0));
    const rows = gatherRows(units);
    const plan: CommitPlan = { units, rows, transfers, stored: await storeOutputs(rows), epoch: ownEpoch, generation, nextId: takeId };
    try {
      return await retryTransaction(pool, (client: pg.PoolClient, triesBefore) => writer.write(client, plan, triesBefore > 0));
    } catch (cause) {
      isInDoubt = true;
      throw cause;
    }
  }

  function takeId(): number {
    const id = spareIds.pop();
    if (id === undefined) throw new Fault('internal', 'A commit needed more numbers than it has transfers.');
    return id;
  }

  /** What does not lie in its row. */
  async function storeOutputs({ votes, shards }: Rows): Promise<CommitPlan['stored']> {
    const parts = new Set<Uint8Array>();
    for (const rows of [votes, shards]) for (const { outputs } of rows) addLarge(parts, outputs);
    const list = [...parts];
    const written = list.length > 0 ? await blobs.store(list) : [];
    return new Map(list.map((part, at) => [part, written[at]!]));
  }
}

function addLarge(parts: Set<Uint8Array>, outputs: readonly OutputBytes[] | null): void {
  if (outputs !== null && !fitsRow(outputs)) for (const { bytes } of outputs) parts.add(bytes);
}
