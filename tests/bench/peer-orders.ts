// What the bench asks of a peer's worker process, and what it answers.

export interface BullmqPlace {
  readonly peer: 'bullmq';
  readonly port: number;
}

export interface GraphilePlace {
  readonly peer: 'graphile';
  readonly connection: { readonly host: string; readonly port: number; readonly user: string; readonly database: string };
}

export interface DrainOrder {
  readonly place: BullmqPlace | GraphilePlace;
  /** Of jobs that were put in before: workers take all of them. */
  readonly queue: string;
  readonly jobs: number;
  /** Jobs that are worked on at once. */
  readonly concurrency: number;
}

export type DrainAnswer =
  | { readonly ok: true; readonly seconds: number; readonly cpuSeconds: number; readonly p50Ms: number; readonly p99Ms: number }
  | { readonly ok: false; readonly sentence: string };

export interface JobData {
  readonly id: number;
  /** About what a shard's assignment has. */
  readonly d: string;
}

export function makeJobData(id: number): JobData {
  return { id, d: 'p'.repeat(40) };
}

/** As many bytes as a shard's output has. */
export function makeResult(id: number): string {
  return String(id).padStart(64, '0');
}
