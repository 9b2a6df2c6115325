// What the HTTP resources are given: the narrowest interfaces of the rooms behind them; server/start-coordinator.ts fills them in.
import type {
  AccountKind,
  AccountView,
  AttachBody,
  ChallengeView,
  HealthView,
  JobState,
  JobSummary,
  JobView,
  LedgerPage,
  NetworkView,
  QuoteView,
  ShardView,
  SignInBody,
  TicketView,
} from '../../src/protocol/api.ts';
import type { AccountId, DeviceId, Digest, JobId, MicroCredits } from '../../src/protocol/ids.ts';
import type { JobSpec } from '../../src/protocol/job.ts';
import type { JobNotice } from '../coordinator/event.ts';
import type { NetworkDesk } from './network-desk.ts';
import type { OperatorDesk } from './operator-desk.ts';
import type { SiteDependencies } from './site-dependencies.ts';
import type { StandingDependencies } from './standing-dependencies.ts';

/** Who a session is; `tokenHash` names it in the store. */
export interface SessionRecord {
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly expiresAtMs: number;
}

/** Rules of who may sign in (server/accounts); throws `bad-nonce`, `bad-signature`, `bad-origin`. */
export interface SignInRules {
  makeChallenge(origin: string, nowMs: number): ChallengeView;
  verifyKey(body: Exclude<SignInBody, { readonly kind: 'wallet' }>, origin: string, nowMs: number): Promise<{ readonly publicKey: string }>;
  verifyWallet(body: Extract<SignInBody, { readonly kind: 'wallet' }>, origin: string, nowMs: number): Promise<ProvenWallet>;
  verifyAttach(body: AttachBody, origin: string, nowMs: number): Promise<ProvenWallet & { readonly deviceKey: string }>;
  /** Is the start grant due to this account as it stands? */
  isGrantDue(account: { readonly kind: AccountKind; readonly verifiedShards: number }): boolean;
  makeToken(): string;
  hashToken(token: string): string;
}

export interface ProvenWallet {
  /** Checksummed. */
  readonly wallet: string;
  /** Public key of the device the message named, base64url. */
  readonly deviceKey: string | null;
}

/** Accounts and sessions in the database (server/storage). */
export interface AccountStore {
  signInKey(key: { readonly kind: 'guest' | 'headless' | 'house'; readonly publicKey: string; readonly nowMs: number }): Promise<SignedIn>;
  signInWallet(wallet: { readonly wallet: string; readonly deviceKey: string | null; readonly nowMs: number }): Promise<SignedIn>;
  accountView(account: AccountId): Promise<AccountView | null>;
  attachWallet(attach: { readonly guest: AccountId; readonly wallet: string; readonly nowMs: number }): Promise<AccountId>;
  /** What was granted; 0n when it had its grant or the day's cap is reached. */
  grantStart(account: AccountId, nowMs: number): Promise<MicroCredits>;
  createSession(
    session: SessionRecord & { readonly tokenHash: string; readonly nowMs: number; readonly signedBy?: 'key' | 'wallet' },
  ): Promise<void>;
  findSession(tokenHash: string, nowMs: number): Promise<SessionRecord | null>;
  touchSession(tokenHash: string, expiresAtMs: number): Promise<void>;
  endSession(tokenHash: string): Promise<void>;
  endAllSessions(account: AccountId): Promise<void>;
  /** Refuses with `quota-exceeded`. */
  registerUpload(upload: {
    readonly account: AccountId;
    readonly digest: Digest;
    readonly bytes: number;
    readonly quotaBytes: number;
    readonly nowMs: number;
  }): Promise<void>;
}

export interface SignedIn {
  readonly account: AccountId;
  readonly device: DeviceId;
}

export interface BlobStore {
  put(bytes: Uint8Array): Promise<Digest>;
  get(digest: Digest): Promise<Uint8Array | null>;
  stat(digest: Digest): Promise<{ readonly bytes: number } | null>;
}

/** Read queries for pages (server/storage). */
export interface PageQueries {
  listJobs(filter: {
    readonly requester?: AccountId;
    readonly state?: JobState;
    readonly before?: JobId;
    readonly limit: number;
  }): Promise<readonly JobSummary[]>;
  readJob(job: JobId): Promise<Omit<JobView, 'isMine'> | null>;
  /** One letter a shard as in JobEvent's snapshot, for jobs that are not in play. */
  shardLetters(job: JobId): Promise<string>;
  readManifestDigest(job: JobId): Promise<Digest | null>;
  readShard(job: JobId, index: number): Promise<ShardView | null>;
  readShards(job: JobId, page: { readonly from: number; readonly limit: number }): Promise<readonly ShardView[]>;
  /** Of final shards, in order: small outputs as they are, larger ones as the blobs that hold them. */
  readOutputs(
    job: JobId,
    page: { readonly output: string; readonly from: number; readonly limit: number },
  ): Promise<readonly { readonly index: number; readonly stored: Uint8Array | { readonly blob: Digest } }[]>;
  readPayments(
    job: JobId,
  ): Promise<readonly { readonly account: AccountId; readonly name: string; readonly shards: number; readonly amount: string }[]>;
  readOutvoted(job: JobId): Promise<readonly { readonly account: AccountId; readonly name: string; readonly shards: number }[]>;
  ledgerPage(page: { readonly account: AccountId; readonly before: number | null; readonly limit: number }): Promise<LedgerPage>;
  totals(): Promise<{ readonly shardsFinal: number }>;
}

/** Prices and opens jobs (server/effects, market, coordinator). */
export interface JobPreparer {
  quote(spec: JobSpec, account: AccountId): Promise<QuoteView>;
  submit(quote: string, spec: JobSpec, account: AccountId): Promise<JobId>;
}

/** What of the coordinator's runner the resources use. */
export interface CoordinatorView {
  cancelJob(job: JobId): Promise<void>;
  shardLetters(job: JobId): string | null;
  /** Other coordinators work on it too. */
  isShared(job: JobId): boolean;
  counts(): Pick<NetworkView, 'contributors' | 'devices' | 'jobsRunning'>;
  onNotices(listener: (notices: readonly JobNotice[]) => void): () => void;
}

export interface TicketRequest {
  readonly account: AccountId;
  readonly accountKind: AccountKind;
  readonly device: DeviceId;
  /** As `clientAddress` gave it. */
  readonly address: string;
}

export interface ReceiptSigner {
  /** Ed25519, base64url of the raw 32 bytes. */
  readonly publicKey: string;
  /** base64url */
  sign(bytes: Uint8Array): string;
}

export interface RequestRecord {
  readonly method: string;
  /** The route's pattern, never the path itself: paths would make a metric each. */
  readonly route: string;
  readonly status: number;
  readonly elapsedMs: number;
}

export interface HttpLog {
  debug(facts: object, sentence: string): void;
  error(facts: object, sentence: string): void;
}

export interface HttpSettings {
  readonly name: string;
  readonly build: string;
  readonly isLoopbackOnly: boolean;
  readonly trustProxy: boolean;
  /** Origins the app is served under beyond this machine's own names. */
  readonly allowedOrigins: readonly string[];
  readonly blobQuotaBytes: number;
  readonly peer: NetworkView['peer'];
  /** The house contributor's public key, so that it signs in as the house. */
  readonly houseKey: string | null;
}

export interface HttpDependencies {
  readonly settings: HttpSettings;
  readonly rules: SignInRules;
  readonly accounts: AccountStore;
  readonly blobs: BlobStore;
  readonly pages: PageQueries;
  readonly jobs: JobPreparer;
  readonly coordinator: CoordinatorView;
  readonly receipts: ReceiptSigner;
  readonly standing: StandingDependencies;
  readonly network: NetworkDesk;
  readonly operators: OperatorDesk;
  readonly log: HttpLog;
  /** The address a request comes from, after the proxy rule; '' when it cannot be told. */
  clientAddress(facts: { readonly remoteAddress: string | undefined; readonly forwardedFor: string | undefined }): string;
  issueTicket(request: TicketRequest): TicketView;
  readHealth(): Promise<HealthView>;
  readMetrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  observeRequest(record: RequestRecord): void;
  /** Is the disk below its floor, so that nothing may be stored? */
  isStorageLow(): boolean;
  /** Has the coordinator more to do than it can? */
  isOverloaded(): boolean;
  nowMs(): number;
  readonly sites: SiteDependencies;
  /** The built app, or null when there is none. */
  readonly app: StaticApp | null;
}

export interface StaticFile {
  readonly bytes: Uint8Array;
  readonly gzip: Uint8Array | null;
  readonly contentType: string;
  /** Its name carries its hash, so it never changes. */
  readonly isImmutable: boolean;
  readonly etag: string;
}

export interface StaticApp {
  /** By path from the top, with a leading slash. */
  find(path: string): StaticFile | null;
}
