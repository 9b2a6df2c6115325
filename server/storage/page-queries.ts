// What pages read: jobs here, shards and ledger beside it. Reads only; nothing is decided from them.
import { type Kysely, type Selectable, sql } from 'kysely';
import type { AccountKind, JobState, JobSummary, JobView } from '../../src/protocol/api.ts';
import type { AccountId, Digest, JobId } from '../../src/protocol/ids.ts';
import type { Database } from './database.ts';
import { createLedgerQueries, type LedgerQueries } from './ledger-queries.ts';
import { showName } from './public-name.ts';
import { reviveSpec } from './revive-spec.ts';
import type { JobsTable, Tables } from './schema.ts';
import { createShardQueries, type ShardQueries } from './shard-queries.ts';

export interface PageQueries extends ShardQueries, LedgerQueries {
  /** Newest first; `limit` is the caller's to bound. */
  listJobs(filter: {
    readonly requester?: AccountId;
    readonly state?: JobState;
    readonly before?: JobId;
    readonly limit: number;
  }): Promise<readonly JobSummary[]>;
  readJob(job: JobId): Promise<Omit<JobView, 'isMine'> | null>;
  /** Whose the job is, and the account that holds its price. */
  readParties(job: JobId): Promise<{ readonly id: JobId; readonly requester: AccountId; readonly escrow: AccountId } | null>;
  readManifestDigest(job: JobId): Promise<Digest | null>;
  /** Jobs that an account, or a guest since attached to it, has ever submitted. */
  countJobs(requester: AccountId): Promise<number>;
  totals(): Promise<{ readonly shardsFinal: number }>;
}

interface NameColumns {
  readonly kind: AccountKind;
  readonly pseudonym: string | null;
  readonly is_listed: boolean | null;
}

type SummaryRow = Omit<Selectable<JobsTable>, 'spec' | 'manifest' | 'manifest_digest' | 'reason' | 'block_shards'> &
  NameColumns & { readonly owner: AccountId };

const SUMMARY_COLUMNS = [
  ...(['jobs.id', 'jobs.requester', 'jobs.escrow', 'jobs.summary', 'jobs.price_per_copy', 'jobs.escrow_amount', 'jobs.shards'] as const),
  ...(['jobs.final_shards', 'jobs.failed_shards', 'jobs.paid', 'jobs.refunded', 'jobs.state', 'jobs.created_at', 'jobs.ended_at'] as const),
  ...(['accounts.kind', 'profiles.pseudonym', 'profiles.is_listed', 'accounts.id as owner'] as const),
] as const;

/** Every job with whom it belongs to now: a guest's jobs are its wallet's once it is attached. */
function selectJobs(db: Kysely<Tables>) {
  return db
    .selectFrom('jobs')
    .innerJoin('accounts as asked', 'asked.id', 'jobs.requester')
    .innerJoin('accounts', (join) => join.on('accounts.id', '=', sql<AccountId>`coalesce(asked.attached_to, asked.id)`))
    .leftJoin('profiles', 'profiles.account', 'accounts.id');
}

function makeSummary(row: SummaryRow): JobSummary {
  const { title, template, view, grid, workPerShard } = row.summary;
  return {
    id: row.id,
    title,
    template,
    requester: { account: row.owner, name: showName({ ...row, id: row.owner }) },
    state: row.state,
    shards: row.shards,
    finalShards: row.final_shards,
    failedShards: row.failed_shards,
    pricePerCopy: row.price_per_copy.toString(),
    ...(workPerShard === undefined ? {} : { workPerShard }),
    createdAtMs: row.created_at,
    endedAtMs: row.ended_at,
    view,
    grid,
  };
}

export function createPageQueries({ kysely: db }: Pick<Database, 'kysely'>): PageQueries {
  return {
    listJobs,
    readJob,
    readParties,
    ...createShardQueries(db),
    ...createLedgerQueries(db),
    async readManifestDigest(job) {
      const row = await db
        .selectFrom('jobs')
        .select(sql<Digest>`encode(manifest_digest, 'hex')`.as('digest'))
        .where('id', '=', job)
        .executeTakeFirst();
      return row?.digest ?? null;
    },
    async countJobs(requester) {
      const row = await db
        .selectFrom('jobs')
        .innerJoin('accounts', 'accounts.id', 'jobs.requester')
        .select(sql<number>`count(*)`.as('count'))
        .where((where) => where.or([where('jobs.requester', '=', requester), where('accounts.attached_to', '=', requester)]))
        .executeTakeFirstOrThrow();
      return row.count;
    },
    async totals() {
      const row = await db
        .selectFrom('jobs')
        .select(sql<number>`coalesce(sum(final_shards), 0)`.as('shardsFinal'))
        .executeTakeFirstOrThrow();
      return row;
    },
  };

  async function listJobs({ requester, state, before, limit }: Parameters<PageQueries['listJobs']>[0]): Promise<readonly JobSummary[]> {
    let query = selectJobs(db).select(SUMMARY_COLUMNS).orderBy('jobs.id', 'desc').limit(limit);
    if (requester !== undefined) query = query.where('accounts.id', '=', requester);
    if (state !== undefined) query = query.where('jobs.state', '=', state);
    if (before !== undefined) query = query.where('jobs.id', '<', before);
    return (await query.execute()).map(makeSummary);
  }

  async function readParties(id: JobId) {
    const row = await selectJobs(db)
      .select(['accounts.id as requester', 'jobs.escrow', 'jobs.id'])
      .where('jobs.id', '=', id)
      .executeTakeFirst();
    return row ?? null;
  }

  async function readJob(id: JobId): Promise<Omit<JobView, 'isMine'> | null> {
    const row = await selectJobs(db)
      .select([...SUMMARY_COLUMNS, 'jobs.spec', 'jobs.manifest', 'jobs.reason'])
      .where('jobs.id', '=', id)
      .executeTakeFirst();
    if (!row) return null;
    const { maxPrice: _maxPrice, providers: _providers, ...spec } = reviveSpec(row.spec);
    return {
      ...makeSummary(row),
      description: spec.description,
      spec,
      escrow: row.escrow_amount.toString(),
      paid: row.paid.toString(),
      refunded: row.refunded.toString(),
      reason: row.reason,
      workgroupsPerShard: row.manifest.workgroupsPerShard,
      workPerWorkgroup: row.manifest.workPerWorkgroup ?? null,
    };
  }
}
