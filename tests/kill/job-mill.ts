// A requester that keeps jobs in play whatever is killed, and remembers everything that it was told of them.
import type { JobView } from '../../src/protocol/api.ts';
import { Fault, type FaultCode } from '../../src/protocol/fault.ts';
import type { JobId } from '../../src/protocol/ids.ts';
import { cancelJob } from '../../src/requester/cancel-job.ts';
import type { Client } from '../../src/requester/create-client.ts';
import { quoteJob } from '../../src/requester/quote-job.ts';
import { submitJob } from '../../src/requester/submit-job.ts';
import { watchJob } from '../../src/requester/watch-job.ts';
import type { Random } from '../simulation/random.ts';
import { JOB_KINDS, type JobOrder, makeOrderedSpec, VARIANTS } from './job-orders.ts';
import type { Violation } from './judge-told.ts';

/** One job as its requester knows it. */
export interface ToldJob {
  readonly id: JobId;
  readonly title: string;
  readonly order: JobOrder;
  readonly escrow: bigint;
  /** The newest word on it, by an answer or an event. */
  view: JobView;
  /** `yes` once the coordinator answered so; `asked` while it may or may not be so. */
  cancelled: 'no' | 'asked' | 'yes';
}

export interface JobMill {
  readonly jobs: ReadonlyMap<JobId, ToldJob>;
  readonly counts: { submitted: number; unanswered: number; cancelled: number };
  /** By title, what was asked for: also when the answer was lost. */
  orderOf(title: string): JobOrder | null;
  running(): number;
  takeViolations(): readonly Violation[];
  /** What was just read of a job; says what became less than it was told before. */
  tell(view: JobView): void;
  /** Submits no more; resolves when nothing is being submitted. */
  close(): Promise<void>;
  /** Ends the streams. */
  abandon(): void;
}

export interface MillOptions {
  readonly client: Client;
  readonly random: Random;
  /** Jobs that run at one time. */
  readonly inPlay: number;
  /** Share of a full job. */
  readonly jobSize: number;
}

/** What a kill or a busy moment brings, and a second try mends. */
const PASSING: readonly FaultCode[] = [
  'offline',
  'storage-failed',
  'draining',
  'overloaded',
  'internal',
  'quote-expired',
  'validator-unavailable',
  'cancelled',
];
const RETRY_MS = 200;
/** About one job of so many is cancelled by its requester on the way. */
const CANCEL_EVERY = 5;

export function createJobMill({ client, random, inPlay, jobSize }: MillOptions): JobMill {
  const jobs = new Map<JobId, ToldJob>();
  const orders = new Map<string, JobOrder>();
  const counts = { submitted: 0, unanswered: 0, cancelled: 0 };
  const violations: Violation[] = [];
  const stop = new AbortController();
  let isOpen = true;
  let turn = 0;

  const running = (): number => [...jobs.values()].filter(({ view }) => view.state === 'running').length;

  const tell = (view: JobView): void => {
    const told = jobs.get(view.id);
    if (!told) return;
    violations.push(...judgeProgress(told.view, view));
    // events and answers overtake one another: the further one is the newer one
    if (told.view.state === 'running' && view.finalShards >= told.view.finalShards) told.view = view;
  };

  const follow = async (told: ToldJob): Promise<void> => {
    const cancelAt = random.fork(told.title).below(CANCEL_EVERY) === 0 ? Math.floor(told.view.shards / 3) : null;
    const onEvent = (view: JobView): void => {
      tell(view);
      if (cancelAt === null || told.cancelled !== 'no' || view.finalShards < cancelAt || view.state !== 'running') return;
      void cancel(told);
    };
    try {
      const ended = await watchJob(client, told.id, {
        signal: stop.signal,
        onEvent: (event) => event.type !== 'shards' && onEvent(event.job),
      });
      tell(ended);
    } catch (cause) {
      if (!stop.signal.aborted)
        violations.push({ kind: 'lost', sentence: `Job ${told.id} was accepted; watching it ended with: ${sayWhy(cause)}` });
    }
  };

  const cancel = async (told: ToldJob): Promise<void> => {
    told.cancelled = 'asked';
    try {
      const view = await cancelJob(client, told.id);
      told.cancelled = 'yes';
      counts.cancelled++;
      tell(view);
    } catch {
      // it ended first, or the answer was lost: then nothing was promised
    }
  };

  const submitNext = async (): Promise<void> => {
    const order = pickOrder(turn, jobSize);
    const title = `Kill ${turn++}`;
    orders.set(title, order);
    let hasAsked = false;
    try {
      const spec = await makeOrderedSpec(client, order, title);
      const quote = await quoteJob(client, spec);
      hasAsked = true;
      const view = await submitJob(client, spec, quote.id);
      counts.submitted++;
      const told: ToldJob = { id: view.id, title, order, escrow: BigInt(view.escrow), view, cancelled: 'no' };
      jobs.set(view.id, told);
      void follow(told);
    } catch (cause) {
      if (hasAsked) counts.unanswered++;
      if (!(cause instanceof Fault && PASSING.includes(cause.code)))
        violations.push({ kind: 'wrong', sentence: `A sound job was expected to be accepted; the answer was: ${sayWhy(cause)}` });
      await pause(RETRY_MS);
    }
  };

  const work = async (): Promise<void> => {
    while (isOpen) {
      if (running() < inPlay) await submitNext();
      else await pause(RETRY_MS / 4);
    }
  };
  const working = work();

  return {
    jobs,
    counts,
    orderOf: (title) => orders.get(title) ?? null,
    running,
    takeViolations: () => violations.splice(0),
    tell,
    async close() {
      isOpen = false;
      await working;
    },
    abandon: () => stop.abort(),
  };
}

/** The kinds in turn, and each kind's variants in turn. */
function pickOrder(turn: number, size: number): JobOrder {
  const kind = JOB_KINDS[turn % JOB_KINDS.length] as JobOrder['kind'];
  return { kind, variant: Math.floor(turn / JOB_KINDS.length) % VARIANTS, size };
}

/** What was told of a job stays true: an end stays that end, and nothing verified or paid becomes less. */
export function judgeProgress(before: JobView, after: JobView): readonly Violation[] {
  const violations: Violation[] = [];
  if (before.state !== 'running' && after.state !== 'running' && after.state !== before.state)
    violations.push({ kind: 'wrong', sentence: `Job ${before.id} was told to be ${before.state}; it is ${after.state}.` });
  if (after.escrow !== before.escrow)
    violations.push({ kind: 'wrong', sentence: `The escrow of job ${before.id} was told to be ${before.escrow}; it is ${after.escrow}.` });
  return violations;
}

/** As `judgeProgress`, for a reading that began after the earlier word was told. */
export function judgeLaterReading(before: JobView, after: JobView): readonly Violation[] {
  const violations = [...judgeProgress(before, after)];
  const expect = (isKept: boolean, what: string, was: string | number, is: string | number): void => {
    if (!isKept) violations.push({ kind: 'lost', sentence: `${what} of job ${before.id} were told to be ${was}; ${is} are found.` });
  };
  expect(before.state === 'running' || after.state === before.state, 'The end', before.state, after.state);
  expect(after.finalShards >= before.finalShards, 'The verified shards', before.finalShards, after.finalShards);
  expect(BigInt(after.paid) >= BigInt(before.paid), 'The payments', before.paid, after.paid);
  expect(BigInt(after.refunded) >= BigInt(before.refunded), 'The refunds', before.refunded, after.refunded);
  return violations;
}

/** How a job that nobody ended early must end. */
export function judgeEnd(cancelled: ToldJob['cancelled'], job: Pick<JobView, 'id' | 'state' | 'reason'>): readonly Violation[] {
  if (cancelled === 'yes' && job.state !== 'cancelled')
    return [{ kind: 'lost', sentence: `Job ${job.id} was told to be cancelled; it is ${job.state}.` }];
  if (job.state === 'done' || (job.state === 'cancelled' && cancelled !== 'no')) return [];
  return [{ kind: 'wrong', sentence: `Job ${job.id} was expected to be done; it is ${job.state}: ${job.reason?.sentence ?? 'no reason'}` }];
}

function sayWhy(cause: unknown): string {
  return cause instanceof Fault ? `${cause.code}: ${cause.message}` : String(cause);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
