// The journal: everything the core decided, in one transaction a batch; what a commit has answered survives any kill.
import type pg from 'pg';
import { Fault } from '../../src/protocol/fault.ts';
import type { MicroCredits } from '../../src/protocol/ids.ts';
import type { StoredBlob } from '../blobs/blob-rows.ts';
import type { Change, CommitReport, CommitUnit, Journal, OutputBytes } from '../coordinator/change.ts';
import type { PostTransfers } from '../ledger/post-transfers.ts';
import { writeBlobs } from './blob-queries.ts';
import type { Database } from './database.ts';
import { gatherRows, type Rows } from './gather-rows.ts';
import { type BlobReader, loadState } from './load-state.ts';
import { type PostedCredit, postCredit, writeCredit } from './post-credit.ts';
import { withTransaction } from './with-transaction.ts';
import { countJobs, createJob, endJobs, sumGains, writeReferences } from './write-jobs.ts';
import { addToDevices, judgeShards, settleVotes, type WithStored, writeVotes } from './write-rows.ts';

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
}

/**
 * A statement planned while a table was empty reads all of it ever after: 94–400 ms a commit instead of 0.6. So the hot statements may only
 * use indexes.
 */
const BEGIN = 'begin; set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off';
/** Numbers for transfers are drawn ahead, so that a commit need not. */
const IDS_AHEAD = 4_096;

type Stored = ReadonlyMap<Uint8Array, StoredBlob>;

export function createJournal({ database, blobs, postTransfers, guestCap }: JournalOptions): Journal {
  const { pool } = database;
  const spareIds: number[] = [];
  let ownEpoch: number | null = null;

  return {
    load: () => loadState(database.kysely, blobs),
    commit,
    async claimEpoch() {
      const { rows } = await pool.query<{ readonly epoch: number }>(
        "update epochs set epoch = epoch + 1 where name = 'coordinator' returning epoch",
      );
      ownEpoch = rows[0]!.epoch;
      return ownEpoch;
    },
    nextIds,
  };

  async function nextIds(count: number): Promise<readonly number[]> {
    const { rows } = await pool.query<{ readonly id: number }>("select nextval('ids') as id from generate_series(1, $1::int)", [count]);
    return rows.map((row) => row.id);
  }

  async function takeIds(count: number): Promise<readonly number[]> {
    if (spareIds.length < count) spareIds.push(...(await nextIds(Math.max(count, IDS_AHEAD))));
    return spareIds.splice(0, count);
  }

  async function commit(units: readonly CommitUnit[]): Promise<CommitReport> {
    const transfers = units.map((unit) => unit.changes.filter((change) => change.kind === 'transfer'));
    const ids = await takeIds(transfers.reduce((sum, unit) => sum + unit.length, 0));
    const stored = await storeOutputs(gatherRows(units.flatMap((unit) => unit.changes)));
    return withTransaction(pool, (client) => write(client, units, { transfers, ids }, stored), BEGIN);
  }

  async function storeOutputs({ votes, shards }: Rows): Promise<Stored> {
    const parts = [...new Set([...votes, ...shards].flatMap((row) => row.outputs?.map((output) => output.bytes) ?? []))];
    const written = await blobs.store(parts);
    return new Map(parts.map((part, at) => [part, written[at]!]));
  }

  async function write(
    client: pg.PoolClient,
    units: readonly CommitUnit[],
    money: { readonly transfers: readonly (readonly Extract<Change, { kind: 'transfer' }>[])[]; readonly ids: readonly number[] },
    stored: Stored,
  ): Promise<CommitReport> {
    await checkEpoch(client);
    const escrows = units.flatMap((unit) => unit.changes.flatMap((change) => (change.kind === 'job-created' ? [change.job.escrow] : [])));
    const credit =
      money.ids.length > 0
        ? await postCredit(client, { units: money.transfers, ids: money.ids, newEscrows: escrows }, policy())
        : NO_CREDIT;
    const rows = gatherRows(units.flatMap((unit, at) => (credit.refused.has(at) ? [] : unit.changes)));

    for (const job of rows.created) await createJob(client, job);
    await writeBlobs(client, [...stored.values()]);
    // first the votes of earlier commits: one that is void makes room for the account's next
    await settleVotes(client, rows.settled);
    await writeVotes(client, rows.votes.map(withStored));
    const gains = await judgeShards(client, rows.shards.map(withStored));
    await writeReferences(
      client,
      rows.shards.flatMap(({ job, outputs }) => outputs?.map((output) => ({ job, digest: storedOf(output).digest })) ?? []),
    );
    await addToDevices(client, rows.devices);
    const verifiedShards = await writeCredit(client, credit);
    await countJobs(client, sumGains(gains, credit.entries));
    await endJobs(client, rows.ended);
    return { refused: credit.refused, balances: credit.balances, verifiedShards };

    function storedOf(output: OutputBytes): StoredBlob {
      const blob = stored.get(output.bytes);
      if (!blob) throw new Fault('internal', `Output ${output.name} was not stored before its commit.`);
      return blob;
    }

    function withStored<Row extends { readonly outputs: readonly OutputBytes[] | null }>(row: Row): WithStored<Row> {
      const outputs = row.outputs?.map((output) => {
        const { digest, bytes } = storedOf(output);
        return { name: output.name, root: output.root, blob: digest, bytes };
      });
      return { ...row, outputs: outputs ?? null };
    }
  }

  function policy(): { readonly postTransfers: PostTransfers; readonly guestCap: MicroCredits } {
    return { postTransfers, guestCap };
  }

  /** A process that was thought dead and wakes up writes nothing. */
  async function checkEpoch(client: pg.PoolClient): Promise<void> {
    if (ownEpoch === null) return;
    const { rows } = await client.query<{ readonly epoch: number }>({
      name: 'check-epoch',
      text: "select epoch from epochs where name = 'coordinator' for share",
    });
    if (rows[0]?.epoch === ownEpoch) return;
    throw new Fault('storage-failed', 'Another coordinator has taken over this database; this one stops.', { facts: { isFenced: true } });
  }
}

const NO_CREDIT: PostedCredit = { refused: new Map(), entries: [], balances: new Map(), rows: [], aliases: new Map() };
