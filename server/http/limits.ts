// Every number that bounds what a client may ask of the HTTP resources; API.md shows them, tests stand on both sides of each.

/** A job spec: its program may have 256 KiB, which JSON can triple. */
export const MAX_JSON_BYTES = 1024 * 1024;
export const MAX_SIGN_IN_BYTES = 16 * 1024;
export const MAX_JSON_DEPTH = 32;
export const MAX_BLOB_BYTES = 64 * 1024 * 1024;
/** Uploads being read and downloads being written; a slow reader holds its share no longer than it stays. */
export const MAX_BYTES_IN_FLIGHT = 1024 * 1024 * 1024;
export const MAX_BYTES_IN_FLIGHT_AN_ADDRESS = 256 * 1024 * 1024;

export const DEFAULT_PAGE = 30;
export const MAX_JOBS_PAGE = 100;
export const MAX_SHARDS_PAGE = 256;
export const LEDGER_PAGE = 50;
/** A receipt is one signed JSON; at 20,000 shards it has about 20 MB. */
export const MAX_RECEIPT_SHARDS = 20_000;

export const SESSION_LIFETIME_MS = 7 * 24 * 3_600_000;
/** A session slides at most once a day, not with every request. */
export const SESSION_RENEWAL_MS = 24 * 3_600_000;

/** What is refused because there is too much to do may be asked again after this. */
export const OVERLOADED_RETRY_MS = 3_000;

export const MAX_WATCHERS = 2_000;
export const MAX_WATCHERS_AN_ADDRESS = 32;
export const EVENT_HEARTBEAT_MS = 15_000;
/** Shards flow as they are judged; the job's own figures follow at this pace. */
export const JOB_EVENT_MS = 1_000;
export const MAX_CHANGES_AN_EVENT = 2_000;

/** Requests an address may make: so many at once, so many a second after that. */
export const RATES = {
  'sign-in': { burst: 30, perSecond: 0.5 },
  /** Each runs the program's samples in a process of its own. */
  quote: { burst: 30, perSecond: 1 },
  /** Each reads a whole job and signs it. */
  receipt: { burst: 10, perSecond: 0.2 },
  write: { burst: 120, perSecond: 10 },
  read: { burst: 2_000, perSecond: 200 },
} as const;
export type RateKind = keyof typeof RATES;
/** Addresses remembered at once; about 10 MB. */
export const MAX_RATED_ADDRESSES = 50_000;
