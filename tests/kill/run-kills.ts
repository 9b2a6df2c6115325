// The whole run: opens the network, kills it round after round, lets every job end, and reads the books.
import { mkdirSync } from 'node:fs';
import type { JobView } from '../../src/protocol/api.ts';
import { createRandom } from '../simulation/random.ts';
import { signInHeadless } from '../support/sign-in-headless.ts';
import { createJobMill, judgeEnd, judgeLaterReading } from './job-mill.ts';
import { judgeBooks } from './judge-books.ts';
import { createOutputJudge } from './judge-outputs.ts';
import type { Violation } from './judge-told.ts';
import { type KillKind, makeKillPlan, type PlannedKill } from './make-plan.ts';
import { createKillNetwork, type KillNetwork, type NetworkSize } from './network.ts';
import { listMyJobs, readFoundJob } from './read-found.ts';
import { type LeaseCounts, measureLeases } from './report.ts';
import { checkPromises, type RoundTimes, runRound } from './run-round.ts';
import { type Scene, Stuck, takeIn, waitFor } from './scene.ts';
import { createToldReader } from './told-log.ts';
import { createToldRecord, type ToldCounts } from './told-record.ts';

export interface KillRun {
  /** Of this run alone; others may pass it. */
  readonly folder: string;
  readonly seed: number;
  readonly rounds: number;
  /** Only this kind of kill; null: all of them. */
  readonly only: KillKind | null;
  /** No round begins after this long. */
  readonly maxMs: number;
  readonly size: NetworkSize;
  readonly jobsInPlay: number;
  /** Share of a full job, which has some two hundred shards. */
  readonly jobSize: number;
  readonly say: (line: string) => void;
  /** Given as soon as there is something to end. */
  readonly onNetwork?: (network: KillNetwork) => void;
}

export interface KillOutcome {
  readonly rounds: readonly RoundTimes[];
  readonly violations: readonly Violation[];
  readonly leases: LeaseCounts;
  readonly told: ToldCounts;
  readonly votesTold: number;
  readonly jobs: { readonly accepted: number; readonly unanswered: number; readonly cancelled: number; readonly ended: number };
  readonly shardsCompared: number;
}

const ENDING_WITHIN_MS = 300_000;

/** Ends at the first round that finds something wrong, so that the data is as it was then. */
export async function runKills(run: KillRun): Promise<KillOutcome> {
  mkdirSync(run.folder, { recursive: true });
  const network = await createKillNetwork(run.folder, run.size);
  run.onNetwork?.(network);
  const client = await signInHeadless(network.url);
  const mill = createJobMill({ client, random: createRandom(run.seed).fork('jobs'), inPlay: run.jobsInPlay, jobSize: run.jobSize });
  const scene: Scene = { network, client, mill, reader: createToldReader(network.toldFolder), told: createToldRecord(), violations: [] };
  network.startContributors([...Array(run.size.processes).keys()]);
  const rounds: RoundTimes[] = [];
  let books: Books = { ended: 0, shardsCompared: 0 };
  try {
    await killAway(run, scene, rounds);
    if (scene.violations.length === 0) books = await closeBooks(scene);
  } catch (cause) {
    if (!(cause instanceof Stuck)) throw cause;
    scene.violations.push({ kind: 'stuck', sentence: cause.message });
  } finally {
    mill.abandon();
    takeIn(scene);
    await network.abandon();
    scene.reader.close();
  }
  const { submitted: accepted, unanswered, cancelled } = mill.counts;
  return {
    rounds,
    violations: scene.violations,
    leases: measureLeases(
      rounds.flatMap(({ lostLeases }) => lostLeases),
      scene.told,
    ),
    told: scene.told.counts,
    votesTold: scene.told.votes.size,
    jobs: { accepted, unanswered, cancelled, ended: books.ended },
    shardsCompared: books.shardsCompared,
  };
}

interface Books {
  readonly ended: number;
  readonly shardsCompared: number;
}

/** Lets every job end, compares every output, stops everything in order and reads the tables. */
async function closeBooks(scene: Scene): Promise<Books> {
  const { network, mill, told, violations } = scene;
  await mill.close();
  const jobs = await endAllJobs(scene);
  await checkPromises(scene);
  const shardsCompared = await judgeAllOutputs(scene, jobs);
  await network.stopContributors();
  mill.abandon();
  takeIn(scene);
  await network.stopCoordinator();
  violations.push(...(await judgeBooks(network.dataDir, told, [...mill.jobs.keys()])));
  return { ended: jobs.length, shardsCompared };
}

async function killAway(run: KillRun, scene: Scene, rounds: RoundTimes[]): Promise<void> {
  const startedAtMs = Date.now();
  for (const kill of makeKillPlan(run.seed, { rounds: run.rounds, processes: run.size.processes, only: run.only })) {
    if (Date.now() - startedAtMs >= run.maxMs) return run.say(`${run.maxMs / 60_000} minutes are over after ${rounds.length} rounds.`);
    const beganAtMs = Date.now();
    const times = await runRound(scene, kill, run.jobsInPlay);
    rounds.push(times);
    run.say(describeRound(kill, times, Date.now() - beganAtMs, scene));
    if (scene.violations.length > 0) return;
  }
}

function describeRound({ round, kind, hitsChildren }: PlannedKill, times: RoundTimes, tookMs: number, { violations, told }: Scene): string {
  const what = {
    coordinator: 'coordinator',
    postgres: 'PostgreSQL',
    both: 'coordinator and PostgreSQL',
    contributors: 'a third of the contributors',
  }[kind];
  const how = kind === 'postgres' || kind === 'both' ? (hitsChildren ? ', all processes' : ', the postmaster') : '';
  const parts = [
    `round ${round + 1}: ${what}${how}`,
    kind === 'contributors' ? `${times.lostLeases.length} shards in hand` : `back in ${times.backMs} ms`,
    `handed out after ${times.handOutMs} ms`,
    `durable after ${times.receiptMs} ms`,
    `${times.checkedVotes} votes checked`,
    `${told.counts.credited} credits so far`,
    `${tookMs} ms in all`,
  ];
  return `${parts.join(', ')}${violations.length > 0 ? `; ${violations.length} VIOLATIONS` : ''}`;
}

/** Also of those jobs whose acceptance was never told. */
async function endAllJobs(scene: Scene): Promise<readonly JobView[]> {
  const { client, violations, mill } = scene;
  await waitFor(scene, 'every job ends', ENDING_WITHIN_MS, async () => {
    const running = (await listMyJobs(client)).filter(({ state }) => state === 'running');
    if (running.length > 0) await new Promise((resolve) => setTimeout(resolve, 500));
    return running.length === 0;
  });
  const jobs: JobView[] = [];
  for (const { id } of await listMyJobs(client)) {
    const found = await readFoundJob(client, id);
    if (found) jobs.push(found);
  }
  const found = new Map(jobs.map((job) => [job.id, job]));
  for (const told of mill.jobs.values()) {
    const job = found.get(told.id);
    if (!job) violations.push({ kind: 'lost', sentence: `Job ${told.id} was accepted; it is in no list.` });
    else violations.push(...judgeLaterReading(told.view, job), ...judgeEnd(told.cancelled, job));
  }
  return jobs;
}

async function judgeAllOutputs({ client, mill, violations }: Scene, jobs: readonly JobView[]): Promise<number> {
  const judge = createOutputJudge(client);
  for (const job of jobs) {
    const order = mill.orderOf(job.title);
    if (order) violations.push(...(await judge.judge(job, order)));
    else violations.push({ kind: 'wrong', sentence: `Job ${job.id} was never asked for: ${job.title}.` });
  }
  return judge.compared;
}
