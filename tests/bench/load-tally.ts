// What a load process has seen of each job: when its first shard was handed out, how many copies were credited, how long receipts took.
import type { JobId } from '../../src/protocol/ids.ts';
import { createLatencyHistogram, type LatencyHistogram } from './latency-histogram.ts';
import type { CreditReport } from './load-orders.ts';

export interface JobTally {
  readonly firstAssignedAtMs: number;
  assigned: number;
  credited: number;
  lastCreditedAtMs: number;
  resultMessages: number;
  readonly receipts: LatencyHistogram;
}

export interface LoadTally {
  /** Made with the job's first assignment. */
  ofJob(job: JobId, nowMs: number): JobTally;
  handedOut(job: JobTally, shards: number, nowMs: number): void;
  receipted(job: JobTally, sentAtMs: number, shards: number, nowMs: number): void;
  credited(job: JobTally, shards: number, nowMs: number): void;
  /** Something that must not happen in a bench: everyone who waits is told. */
  fail(sentence: string): void;
  awaitCredits(job: JobId, copies: number): Promise<CreditReport>;
  /** Since the last look. */
  look(): { readonly longestGapMs: number; readonly assigned: number; readonly receiptP50Ms: number; readonly receiptP99Ms: number };
}

interface Waiter {
  readonly job: JobId;
  readonly copies: number;
  readonly resolve: (report: CreditReport) => void;
  readonly reject: (fault: Error) => void;
}

export function createLoadTally(): LoadTally {
  const jobs = new Map<JobId, JobTally>();
  const receipts = createLatencyHistogram();
  let waiters: Waiter[] = [];
  let failure: string | null = null;
  let lastHandOutMs = performance.now();
  let longestGapMs = 0;
  let assigned = 0;

  const settle = (): void => {
    waiters = waiters.filter(({ job: id, copies, resolve }) => {
      const job = jobs.get(id);
      if (!job || job.credited < copies) return true;
      resolve(makeReport(job));
      return false;
    });
  };
  return {
    ofJob(id, nowMs) {
      const known = jobs.get(id);
      if (known) return known;
      const job = {
        firstAssignedAtMs: nowMs,
        assigned: 0,
        credited: 0,
        lastCreditedAtMs: nowMs,
        resultMessages: 0,
        receipts: createLatencyHistogram(),
      };
      jobs.set(id, job);
      return job;
    },
    handedOut(job, shards, nowMs) {
      job.assigned += shards;
      assigned += shards;
      longestGapMs = Math.max(longestGapMs, nowMs - lastHandOutMs);
      lastHandOutMs = nowMs;
    },
    receipted(job, sentAtMs, shards, nowMs) {
      job.receipts.add(nowMs - sentAtMs, shards);
      receipts.add(nowMs - sentAtMs, shards);
    },
    credited(job, shards, nowMs) {
      job.credited += shards;
      job.lastCreditedAtMs = nowMs;
      if (waiters.length > 0) settle();
    },
    fail(sentence) {
      failure ??= sentence;
      for (const { reject } of waiters.splice(0)) reject(new Error(failure));
    },
    awaitCredits: (job, copies) =>
      new Promise((resolve, reject) => {
        if (failure !== null) return reject(new Error(failure));
        waiters.push({ job, copies, resolve, reject });
        settle();
      }),
    look() {
      const nowMs = performance.now();
      const seen = {
        longestGapMs: Math.max(longestGapMs, nowMs - lastHandOutMs),
        assigned,
        receiptP50Ms: receipts.quantile(0.5),
        receiptP99Ms: receipts.quantile(0.99),
      };
      [longestGapMs, lastHandOutMs, assigned] = [0, nowMs, 0];
      receipts.clear();
      return seen;
    },
  };
}

function makeReport(job: JobTally): CreditReport {
  return {
    seconds: (job.lastCreditedAtMs - job.firstAssignedAtMs) / 1_000,
    credited: job.credited,
    resultMessages: job.resultMessages,
    receiptP50Ms: job.receipts.quantile(0.5),
    receiptP99Ms: job.receipts.quantile(0.99),
  };
}
