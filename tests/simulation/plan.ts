// Everything that makes one world, as plain data: who is there, what is asked for, what goes wrong and when. Shrinking takes things out of it.

export const CHARACTERS = [
  'honest',
  /** Its floats differ a little, as another GPU's do. */
  'deviating',
  /** Sends every message with results twice. */
  'doubling',
  'random-liar',
  /** Wrong bytes, and the same as every other colluder's. */
  'colluder',
  /** Votes truly and never sends the bytes it is asked for. */
  'withholder',
  'failing',
  /** Says that its GPU was lost. */
  'breaking',
] as const;
export type Character = (typeof CHARACTERS)[number];

export function isHonest(character: Character): boolean {
  return character === 'honest' || character === 'deviating' || character === 'doubling';
}

export interface ContributorPlan {
  /** Device and, unless told otherwise, account. */
  readonly id: number;
  readonly account: number;
  readonly kind: 'guest' | 'headless';
  /** Of its address; null where the rule does not apply. */
  readonly range: number | null;
  readonly engine: 'gpu' | 'cpu';
  readonly threads: number;
  readonly character: Character;
  readonly joinsAtMs: number;
  /** Mean time of one shard. */
  readonly shardMs: number;
  readonly latencyMs: number;
  readonly skewMs: number;
  /** Connections of the same device from as many processes. */
  readonly tabs: 1 | 2;
  /** Nothing is computed for this requester of the plan; null: for all. */
  readonly blocksRequester: number | null;
}

export interface JobPlan {
  readonly id: number;
  readonly requester: number;
  readonly opensAtMs: number;
  readonly cancelsAtMs: number | null;
  readonly shards: number;
  readonly blockShards: number;
  readonly workgroupsPerShard: number;
  readonly bytesPerWorkgroup: number;
  readonly quorum: number;
  readonly maxCopies: number;
  readonly isTolerant: boolean;
  readonly isGpuOnly: boolean;
  readonly deadlineAfterMs: number | null;
  readonly pricePerCopy: number;
}

/** The account of requester 0; the others follow. */
export const FIRST_REQUESTER = 90;

export interface RequesterPlan {
  readonly id: number;
  /** What it begins with; jobs beyond it are refused. */
  readonly credit: number;
}

export type FaultPlan = {
  readonly id: number;
  readonly atMs: number;
  /** Which coordinator, where there are several and the fault is about one. */
  readonly coordinator: number;
} /** `clientMs`, `serverMs`: when each end sees it; null by silence only. */ & (
  | { readonly kind: 'cut'; readonly who: number; readonly clientMs: number | null; readonly serverMs: number | null }
  | { readonly kind: 'lag'; readonly who: number; readonly extraMs: number; readonly forMs: number }
  | { readonly kind: 'silence'; readonly who: number }
  | { readonly kind: 'crash'; readonly who: number; readonly when: 'now' | 'before-store' | 'after-store'; readonly downMs: number }
  | { readonly kind: 'vanish'; readonly who: number }
  | { readonly kind: 'pause'; readonly who: number; readonly forMs: number }
  | { readonly kind: 'stop'; readonly who: number; readonly forMs: number }
  | { readonly kind: 'sleep'; readonly who: number; readonly forMs: number }
  /** Somebody sets the clock of the device, or of the coordinator's machine where `who` is null. */
  | { readonly kind: 'clock-set'; readonly who: number | null; readonly byMs: number }
  | { readonly kind: 'store-full'; readonly who: number; readonly forMs: number }
  | { readonly kind: 'blobs-missing'; readonly forMs: number }
  | { readonly kind: 'commit-fails'; readonly times: number }
  | { readonly kind: 'answer-lost'; readonly times: number }
  /** The line breaks while the commit is under way: it is written after the coordinator was told that it was not. */
  | { readonly kind: 'commit-late'; readonly lateMs: number }
  | { readonly kind: 'slow-commits'; readonly commitMs: number; readonly forMs: number }
  | { readonly kind: 'load-fails'; readonly times: number }
  /** Blocks are taken and the answer that says so does not come back. */
  | { readonly kind: 'claim-lost'; readonly times: number }
  | { readonly kind: 'disk-full'; readonly forMs: number; readonly isNoticed: boolean }
  | { readonly kind: 'coordinator-crash'; readonly when: 'now' | 'before-write' | 'after-write'; readonly downMs: number }
  | { readonly kind: 'coordinator-drains'; readonly downMs: number }
  | { readonly kind: 'overloaded'; readonly forMs: number }
  | { readonly kind: 'coordinator-frozen'; readonly takenOverAfterMs: number; readonly wakesAfterMs: number }
);
export type FaultKind = FaultPlan['kind'];

export interface Plan {
  readonly seed: number;
  /** From then on nothing new goes wrong. */
  readonly faultsEndMs: number;
  /** Processes that share the journal. */
  readonly coordinators: 1 | 2;
  readonly contributors: readonly ContributorPlan[];
  readonly requesters: readonly RequesterPlan[];
  readonly jobs: readonly JobPlan[];
  readonly faults: readonly FaultPlan[];
}
