// Hands what the coordinator commits to those who watch a job; each watcher keeps only the latest of every shard until it has read it.
import { Fault } from '../../src/protocol/fault.ts';
import type { JobId } from '../../src/protocol/ids.ts';
import type { Verdict } from '../../src/protocol/verdict.ts';
import type { JobNotice } from '../coordinator/event.ts';
import { MAX_CHANGES_AN_EVENT, MAX_WATCHERS, MAX_WATCHERS_AN_ADDRESS } from './limits.ts';

export interface ShardChange {
  readonly index: number;
  readonly verdict: Verdict;
  readonly copies: number;
}

export interface JobWatcher {
  /** Waits until there is something to tell or `timeoutMs` have passed. */
  wait(timeoutMs: number): Promise<void>;
  takeChanges(): readonly ShardChange[];
  readonly hasChanges: boolean;
  /** Was the job's end told since this was last asked? */
  takeEnded(): boolean;
  readonly isClosed: boolean;
  close(): void;
}

export interface JobHub {
  /** Throws `too-many-requests` at the caps. */
  watch(job: JobId, address: string, isStranger: boolean): JobWatcher;
  /** Ends every stream, for a coordinator that stops. */
  closeAll(): void;
  readonly watchers: number;
}

export function createJobHub(onNotices: (listener: (notices: readonly JobNotice[]) => void) => () => void): JobHub {
  const byJob = new Map<JobId, Set<ReturnType<typeof createWatcher>>>();
  const byAddress = new Map<string, number>();
  let watchers = 0;

  const stopListening = onNotices((notices) => {
    for (const notice of notices) for (const watcher of byJob.get(notice.job) ?? []) watcher.tell(notice);
  });

  function add(job: JobId, address: string): JobWatcher {
    const watcher = createWatcher(() => {
      watchers -= 1;
      byAddress.set(address, (byAddress.get(address) ?? 1) - 1);
      if (byAddress.get(address) === 0) byAddress.delete(address);
      const others = byJob.get(job);
      others?.delete(watcher);
      if (others?.size === 0) byJob.delete(job);
    });
    watchers += 1;
    byAddress.set(address, (byAddress.get(address) ?? 0) + 1);
    byJob.set(job, (byJob.get(job) ?? new Set()).add(watcher));
    return watcher;
  }

  return {
    watch(job, address, isStranger) {
      const isFull = watchers >= MAX_WATCHERS || (isStranger && (byAddress.get(address) ?? 0) >= MAX_WATCHERS_AN_ADDRESS);
      if (isFull)
        throw new Fault('too-many-requests', 'Too many pages watch jobs from here; close one of them.', { facts: { retryAfterMs: 5_000 } });
      return add(job, address);
    },
    closeAll() {
      stopListening();
      for (const watching of byJob.values()) for (const watcher of watching) watcher.close();
    },
    get watchers() {
      return watchers;
    },
  };
}

function createWatcher(onClose: () => void): JobWatcher & { tell(notice: JobNotice): void } {
  const pending = new Map<number, ShardChange>();
  let hasEnded = false;
  let isClosed = false;
  let wake: (() => void) | null = null;
  return {
    tell(notice) {
      if (notice.type === 'ended') hasEnded = true;
      else pending.set(notice.index, { index: notice.index, verdict: notice.verdict, copies: notice.copies });
      wake?.();
    },
    async wait(timeoutMs) {
      if (pending.size > 0 || hasEnded || isClosed) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = null;
    },
    takeChanges() {
      const taken = [...pending.values()].slice(0, MAX_CHANGES_AN_EVENT);
      for (const { index } of taken) pending.delete(index);
      return taken;
    },
    get hasChanges() {
      return pending.size > 0;
    },
    takeEnded() {
      const taken = hasEnded;
      hasEnded = false;
      return taken;
    },
    get isClosed() {
      return isClosed;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      onClose();
      wake?.();
    },
  };
}
