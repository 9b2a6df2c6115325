// Samples of the network's figures: one a minute and coordinator for a week, then one an hour, then none.
import type { SampleName } from '../../src/protocol/api-network.ts';
import type { Database } from './database.ts';
import { withTransaction } from './with-transaction.ts';

export type SampleFigures = Readonly<Record<SampleName, number>>;
export interface SampleRow extends SampleFigures {
  readonly at: number;
}

export interface SampleStore {
  /** The same coordinator's second sample of a minute changes nothing. */
  keep(sample: { readonly atMs: number; readonly epoch: number; readonly figures: SampleFigures }): Promise<void>;
  /** Of all coordinators together, in steps of so many milliseconds, oldest first; steps without a sample are left out. */
  read(range: { readonly fromMs: number; readonly stepMs: number }): Promise<readonly SampleRow[]>;
  /** Minutes before `minutesFromMs` (a whole hour) become hours, hours before `hoursFromMs` go. */
  prune(bounds: { readonly minutesFromMs: number; readonly hoursFromMs: number }): Promise<void>;
  /** Results whose fate was decided since then. */
  sumVotes(fromMs: number): Promise<{ readonly agreed: number; readonly outvoted: number }>;
}

const HOUR_MS = 3_600_000;
const LEVELS = ['contributors', 'gpus', 'cpus', 'copies_out'] as const;
const COUNTS = ['shards_final', 'shards_failed', 'votes_agreed', 'votes_outvoted'] as const;
const COLUMNS = [...LEVELS, 'jobs', ...COUNTS];

/** Levels of several coordinators add up and are averaged over the step; jobs are the same for all; counts are summed. */
const FOLDED = [
  ...LEVELS.map((name) => `sum(${name}) / count(distinct at) as ${name}`),
  'avg(jobs) as jobs',
  ...COUNTS.map((name) => `sum(${name}) as ${name}`),
].join(', ');

const FOLD_MINUTES = `
  insert into samples (step, at, epoch, ${COLUMNS.join(', ')})
  select 'hour', at / ${HOUR_MS} * ${HOUR_MS}, 0, ${FOLDED} from samples where step = 'minute' and at < $1 group by 2
  on conflict do nothing`;

/** Any number that nothing else locks by. */
const PRUNE_LOCK = 5_081_977;

interface Row {
  readonly bucket: number;
  readonly contributors: number;
  readonly gpus: number;
  readonly cpus: number;
  readonly jobs: number;
  readonly copies_out: number;
  readonly shards_final: number;
  readonly shards_failed: number;
  readonly votes_agreed: number;
  readonly votes_outvoted: number;
}

export function createSampleStore({ pool }: Pick<Database, 'pool'>): SampleStore {
  return {
    async keep({ atMs, epoch, figures: f }) {
      await pool.query(
        `insert into samples (step, at, epoch, contributors, gpus, cpus, jobs, copies_out, shards_final, shards_failed, votes_agreed, votes_outvoted)
         values ('minute', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
        [atMs, epoch, f.contributors, f.gpus, f.cpus, f.jobs, f.copiesOut, f.shardsFinal, f.shardsFailed, f.votesAgreed, f.votesOutvoted],
      );
    },
    async read({ fromMs, stepMs }) {
      const { rows } = await pool.query<Row>(
        `select at / $2::bigint * $2::bigint as bucket, ${FOLDED} from samples where at >= $1 group by 1 order by 1`,
        [fromMs, stepMs],
      );
      return rows.map((row) => ({
        at: row.bucket,
        contributors: row.contributors,
        gpus: row.gpus,
        cpus: row.cpus,
        jobs: row.jobs,
        copiesOut: row.copies_out,
        shardsFinal: row.shards_final,
        shardsFailed: row.shards_failed,
        votesAgreed: row.votes_agreed,
        votesOutvoted: row.votes_outvoted,
      }));
    },
    prune: ({ minutesFromMs, hoursFromMs }) =>
      withTransaction(pool, async (client) => {
        // of several coordinators one folds an hour
        await client.query('select pg_advisory_xact_lock($1)', [PRUNE_LOCK]);
        await client.query(FOLD_MINUTES, [minutesFromMs]);
        await client.query("delete from samples where (step = 'minute' and at < $1) or (step = 'hour' and at < $2)", [
          minutesFromMs,
          hoursFromMs,
        ]);
      }),
    async sumVotes(fromMs) {
      const { rows } = await pool.query<{ readonly agreed: number; readonly outvoted: number }>(
        'select coalesce(sum(votes_agreed), 0) as agreed, coalesce(sum(votes_outvoted), 0) as outvoted from samples where at >= $1',
        [fromMs],
      );
      return rows[0]!;
    },
  };
}
