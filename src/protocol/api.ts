// What the HTTP resources say: the shapes of their JSON (micro-credits travel as decimal strings).
import type { CreditKind, EntryReason } from './credit.ts';
import type { FaultBody } from './fault.ts';
import type { AccountId, DeviceId, Digest, JobId, ShardId } from './ids.ts';
import type { JobSpec, Size3, View } from './job.ts';
import type { LintReport } from './lint.ts';
import type { Verdict, VoteState } from './verdict.ts';

/** A bigint as JSON carries it. */
export type MicroText = string;

export const JOB_STATES = ['running', 'done', 'cancelled', 'failed', 'expired'] as const;
export type JobState = (typeof JOB_STATES)[number];

export const ACCOUNT_KINDS = ['guest', 'wallet', 'headless', 'house', 'treasury', 'escrow', 'site'] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** GET /api/session */
export interface SessionView {
  readonly account: AccountView;
  readonly device: DeviceId;
  readonly expiresAtMs: number;
  /** The coordinator's OPERATORS names this wallet; acts also want its own signature, not too old. */
  readonly isOperator?: boolean;
}

export interface AccountView {
  readonly id: AccountId;
  readonly kind: AccountKind;
  /** Checksummed wallet address, or the short form of the guest key. */
  readonly name: string;
  readonly wallet: string | null;
  readonly earned: MicroText;
  readonly granted: MicroText;
  readonly verifiedShards: number;
  /** When not null, what the balance of a guest may not pass until a wallet is attached. */
  readonly cap: MicroText | null;
}

/** POST /api/session/challenge → */
export interface ChallengeView {
  readonly nonce: string;
  readonly origin: string;
  readonly domain: string;
  readonly chainId: number;
  readonly expiresAtMs: number;
}

/** POST /api/session */
export type SignInBody =
  | {
      readonly kind: 'guest' | 'headless';
      readonly publicKey: string;
      readonly nonce: string;
      readonly expiresAtMs: number;
      readonly signature: string;
    }
  | { readonly kind: 'wallet'; readonly message: string; readonly signature: string };

/** POST /api/session answers this; `token` only for headless clients (browsers get a cookie). */
export interface SignedInView extends SessionView {
  readonly token: string | null;
}

/** POST /api/session/attach: a guest session and a wallet's SIWE message whose nonce both signed. */
export interface AttachBody {
  readonly message: string;
  readonly walletSignature: string;
  readonly guestSignature: string;
}

/** POST /api/session/ticket: a one-time pass for one socket, good for 30 s. */
export interface TicketView {
  readonly ticket: string;
  /** The peer id the ticket is bound to. */
  readonly peer: string;
  readonly expiresAtMs: number;
}

/** GET /api/network: what a page needs before anyone signs in. */
export interface NetworkView {
  readonly name: string;
  readonly build: string;
  readonly protocol: number;
  readonly contributors: number;
  readonly devices: readonly { readonly kind: 'gpu' | 'cpu'; readonly count: number }[];
  readonly shardsFinal: number;
  readonly jobsRunning: number;
  readonly peer: { readonly path: string; readonly coordinator: string } | null;
  readonly isLoopbackOnly: boolean;
}

export interface QuoteLine {
  readonly label: string;
  readonly amount: MicroText;
}

/** POST /api/jobs/quote {spec} */
export interface QuoteView {
  readonly id: string;
  readonly shards: number;
  readonly workgroupsPerShard: number;
  readonly pricePerCopy: MicroText;
  readonly total: MicroText;
  readonly lines: readonly QuoteLine[];
  readonly expiresAtMs: number;
  /** Seconds with the devices connected now; null when none is. */
  readonly estimateSeconds: number | null;
  /** Can devices without a GPU run it? With the compiler's reason when not. */
  readonly cpu: { readonly isPossible: boolean; readonly reason: string | null };
  /** Work units of one workgroup, the same on every machine (see work.ts); null for a program that only a GPU can run. */
  readonly workPerWorkgroup: number | null;
  /** By what each output can be compared, and why; null for a program that only a GPU can run. */
  readonly lint: LintReport | null;
  /** What a requester is told: e.g. that contributors can see code and inputs. */
  readonly notices: readonly string[];
}

/** POST /api/jobs {spec, quote} → JobView */
export interface SubmitBody {
  readonly spec: unknown;
  readonly quote: string;
}

export interface JobSummary {
  readonly id: JobId;
  readonly title: string;
  readonly template: string | null;
  readonly requester: { readonly account: AccountId; readonly name: string };
  readonly state: JobState;
  readonly shards: number;
  readonly finalShards: number;
  readonly failedShards: number;
  readonly pricePerCopy: MicroText;
  /** Work units of one full shard (see work.ts), assumed for a program that only a GPU can run; absent for jobs of before this was kept. */
  readonly workPerShard?: number;
  readonly createdAtMs: number;
  readonly endedAtMs: number | null;
  readonly view: View;
  readonly grid: Size3;
}

export interface JobView extends JobSummary {
  readonly description: string;
  readonly spec: Omit<JobSpec, 'maxPrice' | 'providers'>;
  readonly escrow: MicroText;
  readonly paid: MicroText;
  readonly refunded: MicroText;
  readonly reason: FaultBody | null;
  readonly workgroupsPerShard: number;
  /** Work units of one workgroup; null when they were not counted. */
  readonly workPerWorkgroup: number | null;
  readonly isMine: boolean;
}

/** GET /api/jobs?mine=1&state=…&before=…&limit=…: newest first; `next` is the `before` of the page after. */
export interface JobsPage {
  readonly jobs: readonly JobSummary[];
  readonly next: JobId | null;
}

export interface VoteView {
  readonly account: AccountId;
  readonly accountName: string;
  readonly device: DeviceId;
  readonly engine: 'gpu' | 'cpu';
  readonly copy: number;
  readonly digest: Digest | null;
  readonly state: VoteState;
  readonly paid: MicroText;
  readonly atMs: number;
}

/** GET /api/jobs/:id/shards/:index */
export interface ShardView {
  readonly shard: ShardId;
  readonly index: number;
  readonly base: number;
  readonly count: number;
  readonly verdict: Verdict;
  readonly digest: Digest | null;
  readonly outputs: readonly { readonly name: string; readonly blob: Digest; readonly root: Digest; readonly bytes: number }[];
  readonly votes: readonly VoteView[];
}

/** GET /api/jobs/:id/shards?from=…&limit=…; `next` is the `from` of the page after. */
export interface ShardsPage {
  readonly shards: readonly ShardView[];
  readonly next: number | null;
}

/** PUT /api/blobs */
export interface BlobView {
  readonly digest: Digest;
  readonly bytes: number;
}

/** GET /api/jobs/:id/events, as server-sent events; the event's name is `type`. `snapshot` comes first. */
export type JobEvent =
  | {
      readonly type: 'snapshot';
      readonly job: JobView /** One letter a shard: p(ending) v(provisional) f(inal) x(failed) d(isputed). */;
      readonly shards: string;
    }
  | { readonly type: 'shards'; readonly changes: readonly { readonly index: number; readonly verdict: Verdict; readonly copies: number }[] }
  | { readonly type: 'job'; readonly job: JobView };

/** GET /api/jobs/:id/receipt */
export interface JobReceipt {
  readonly format: 'ostraka-receipt-1';
  readonly coordinator: { readonly name: string; readonly build: string; readonly publicKey: string };
  readonly job: JobView;
  readonly manifest: Digest;
  readonly shards: readonly ShardView[];
  /** Who was outvoted, by account. */
  readonly outvoted: readonly { readonly account: AccountId; readonly name: string; readonly shards: number }[];
  readonly payments: readonly { readonly account: AccountId; readonly name: string; readonly shards: number; readonly amount: MicroText }[];
  /** Ed25519 over the canonical JSON of everything above, base64url. */
  readonly signature: string;
}

export interface LedgerLine {
  readonly id: number;
  readonly atMs: number;
  readonly reason: EntryReason;
  readonly credit: CreditKind;
  readonly amount: MicroText;
  readonly balance: MicroText;
  readonly job: JobId | null;
  /** Of a payment: how many verified shards of the job it is for. */
  readonly shards: number | null;
}

/** GET /api/ledger?before=… */
export interface LedgerPage {
  readonly lines: readonly LedgerLine[];
  readonly next: number | null;
}

/** GET /api/health */
export interface HealthView {
  readonly status: 'ok' | 'degraded' | 'not-ready' | 'draining';
  readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly sentence: string }[];
  readonly build: string;
  readonly upMs: number;
}
