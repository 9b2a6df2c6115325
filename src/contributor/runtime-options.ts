// What a runtime is made of: its ways to the world, and whatever differs between a browser's worker and a process.
import type { DeviceForm } from '../protocol/messages.ts';
import type { HashFunction } from '../protocol/sha256.ts';
import type { FetchBlob } from './blob-source.ts';
import type { Clock } from './clock.ts';
import type { ContributorStore } from './contributor-store.ts';
import type { EnginePool } from './engine-pool.ts';
import type { OpenChannel } from './hold-connection.ts';
import type { Pause } from './rules.ts';
import type { ContributorSettings, ContributorSnapshot } from './state.ts';
import type { RuleKeeper } from './watch-rules.ts';

export interface RuntimeOptions {
  readonly openChannel: OpenChannel;
  readonly pool: EnginePool;
  readonly store: ContributorStore;
  readonly fetchBlob: FetchBlob;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Of this program, as the coordinator's logs name it. */
  readonly build: string;
  readonly settings: ContributorSettings;
  readonly onSnapshot: (snapshot: ContributorSnapshot) => void;
  /** Node gives its faster one. */
  readonly hash?: HashFunction;
  /** Where a pause and the bytes of the day outlive this runtime; nowhere by default. */
  readonly keeper?: RuleKeeper;
  readonly heardPause?: Pause;
  /** What the clock on the wall is ahead of UTC, in milliseconds; 0 by default. */
  readonly utcOffsetMs?: (nowMs: number) => number;
  /** Of the whole machine, to show the CPU's load as a share of it; the settings' threads by default. */
  readonly hardwareThreads?: number;
  readonly form?: DeviceForm;
  /** No engine is lent more than this, whatever the settings say. */
  readonly maxShare?: number;
}
