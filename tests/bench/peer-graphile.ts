// graphile-worker as its pages advise for throughput: jobs put in by the thousand, a local queue, batched completion; the task stores its result itself.
import { Logger, run, runMigrations } from 'graphile-worker';
import pg from 'pg';
import { type DrainOrder, type GraphilePlace, type JobData, makeJobData, makeResult } from './peer-orders.ts';
import type { DrainWatch } from './peer-process.ts';

const CHUNK = 1_000;
const LOCAL_QUEUE = 500;
/** The embedded server takes 32; more backends than this only take turns on two cores. */
const CONNECTIONS = 24;

function openPool({ connection }: GraphilePlace, max: number): pg.Pool {
  const pool = new pg.Pool({ ...connection, max });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

export async function prepareGraphile(place: GraphilePlace): Promise<void> {
  const pool = openPool(place, 2);
  await runMigrations({ pgPool: pool });
  await pool.query('create table results (queue text not null, id integer not null, result text not null, primary key (queue, id))');
  await pool.end();
}

export async function fillGraphile(place: GraphilePlace, queue: string, jobs: number): Promise<void> {
  const pool = openPool(place, 1);
  for (let from = 0; from < jobs; from += CHUNK) {
    const payloads = Array.from({ length: Math.min(CHUNK, jobs - from) }, (_, at) => makeJobData(from + at));
    await pool.query(
      `select count(*) from graphile_worker.add_jobs(array(
         select row($1, payload, null, now(), null, null, null, null)::graphile_worker.job_spec from json_array_elements($2::json) payload))`,
      [queue, JSON.stringify(payloads)],
    );
  }
  await pool.query('analyze');
  await pool.end();
}

export async function drainGraphile(order: DrainOrder, place: GraphilePlace, watch: DrainWatch): Promise<() => Promise<void>> {
  const { queue, concurrency } = order;
  const pool = openPool(place, CONNECTIONS);
  const runner = await run({
    pgPool: pool,
    noHandleSignals: true,
    logger: new Logger(() => () => undefined),
    preset: {
      worker: {
        concurrentJobs: concurrency,
        pollInterval: 50,
        localQueue: { size: LOCAL_QUEUE },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
    taskList: {
      async [queue](payload, { query }) {
        const { id } = payload as JobData;
        watch.taken(id);
        await query({ name: 'store', text: 'insert into results values ($1, $2, $3)', values: [queue, id, makeResult(id)] } as never);
      },
    },
  });
  runner.events.on('job:success', ({ job }) => watch.confirmed((job.payload as JobData).id));
  return async () => {
    await runner.stop().catch(() => undefined);
    await pool.end();
  };
}

/** Throws unless every result is there and no job is left. */
export async function checkGraphile(place: GraphilePlace, queue: string, jobs: number): Promise<void> {
  const pool = openPool(place, 1);
  const { rows } = await pool.query<{ readonly stored: number; readonly left: number }>(
    `select (select count(*)::int from results where queue = $1 and length(result) = 64) as stored,
       (select count(*)::int from graphile_worker._private_jobs) as left`,
    [queue],
  );
  await pool.end();
  const [{ stored, left } = { stored: 0, left: 0 }] = rows;
  if (stored !== jobs || left > 0) throw new Error(`graphile-worker stored ${stored} of ${jobs} results and left ${left} jobs.`);
}
