// One engine a device: whichever tab holds the lock computes, the others mirror it and may tell it what to do.
import type { Clock } from './clock.ts';
import type { ContributorSettings, ContributorSnapshot } from './state.ts';

export const LEADER_LOCK = 'ostraka-compute-leader';
const CHANNEL = 'ostraka-contributor';
/** How often a leader shows that it is alive, even when nothing changes. */
export const BEAT_MS = 5_000;
/** A leader silent for this long is frozen: a visible tab takes over. */
export const STALE_MS = 15_000;
/** What a mirrored snapshot may carry of the latest picture. */
export const MAX_MIRRORED_BYTES = 1024 * 1024;

export type TabCommand =
  | { readonly kind: 'stop' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'settings'; readonly change: Partial<ContributorSettings> };

type TabMessage =
  /** Is anyone leading? The leader answers with its snapshot. */
  | { readonly type: 'ask' }
  | { readonly type: 'snapshot'; readonly snapshot: ContributorSnapshot }
  | { readonly type: 'command'; readonly command: TabCommand }
  /** The user stopped it: nobody is to take over. */
  | { readonly type: 'off' };

export interface LeaderEvents {
  /** This tab computes from now on. */
  lead(): void;
  /** It no longer does: another tab took the lock. */
  yieldTo(): void;
  /** What the leading tab shows. */
  mirror(snapshot: ContributorSnapshot): void;
  command(command: TabCommand): void;
  off(): void;
}

export interface LeaderTab {
  readonly isLeader: boolean;
  /** Leads now, or as soon as the tab that leads is gone. */
  compete(): void;
  /** Leads now: the tab that led yields. */
  seize(): void;
  /** Neither leads nor waits to. */
  retire(): void;
  show(snapshot: ContributorSnapshot): void;
  command(command: TabCommand): void;
  /** Tells the other tabs that it was stopped for all of them. */
  announceOff(): void;
  close(): void;
}

export interface LeaderOptions {
  readonly locks: Pick<LockManager, 'request'>;
  readonly clock: Clock;
  readonly isVisible: () => boolean;
  readonly on: LeaderEvents;
}

export function createLeaderTab({ locks, clock, isVisible, on }: LeaderOptions): LeaderTab {
  const channel = new BroadcastChannel(CHANNEL);
  let role: 'none' | 'waiting' | 'leader' = 'none';
  /** What belongs to an earlier competition is over. */
  let turn = 0;
  let release = (): void => {};
  let shown: ContributorSnapshot | null = null;
  let shownOutput: ContributorSnapshot['latestOutput'] = null;
  let heardAtMs = clock.nowMs();
  let stopBeat = (): void => {};

  const post = (message: TabMessage): void => channel.postMessage(message);

  const hold = (mine: number): Promise<void> => {
    if (mine !== turn) return Promise.resolve();
    role = 'leader';
    on.lead();
    return new Promise((resolve) => {
      release = resolve;
    });
  };

  const request = (isSteal: boolean): void => {
    turn += 1;
    const mine = turn;
    const giveUp = new AbortController();
    release = () => giveUp.abort();
    const held = isSteal
      ? locks.request(LEADER_LOCK, { steal: true }, () => hold(mine))
      : locks.request(LEADER_LOCK, { signal: giveUp.signal }, () => hold(mine));
    // Rejects when it is given up here, and when another tab takes the lock by force.
    held.catch(() => {
      if (mine !== turn || role !== 'leader') return;
      role = 'none';
      turn += 1;
      on.yieldTo();
    });
  };

  const beat = (): void => {
    if (role === 'leader' && shown) post({ type: 'snapshot', snapshot: shown });
    // Only where somebody looks: a hidden tab could be frozen just as well.
    if (role === 'waiting' && isVisible() && clock.nowMs() - heardAtMs >= STALE_MS) {
      release();
      request(true);
    }
    stopBeat = clock.after(BEAT_MS, beat);
  };
  stopBeat = clock.after(BEAT_MS, beat);

  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.type !== 'ask') heardAtMs = clock.nowMs();
    switch (data.type) {
      case 'ask':
        if (role === 'leader' && shown) post({ type: 'snapshot', snapshot: shown });
        return;
      case 'snapshot':
        if (role !== 'leader') on.mirror(data.snapshot);
        return;
      case 'command':
        if (role === 'leader') on.command(data.command);
        return;
      case 'off':
        return on.off();
    }
  };

  post({ type: 'ask' });

  return {
    get isLeader() {
      return role === 'leader';
    },
    compete() {
      if (role !== 'none') return;
      role = 'waiting';
      heardAtMs = clock.nowMs();
      request(false);
      post({ type: 'ask' });
    },
    seize() {
      if (role === 'leader') return;
      release();
      role = 'waiting';
      request(true);
    },
    retire() {
      role = 'none';
      turn += 1;
      release();
    },
    show(snapshot) {
      // The picture crosses once; what follows carries the numbers.
      const { latestOutput } = snapshot;
      const isNew = latestOutput !== shownOutput && (latestOutput?.bytes.length ?? 0) <= MAX_MIRRORED_BYTES;
      shownOutput = latestOutput;
      shown = { ...snapshot, latestOutput: null };
      post({ type: 'snapshot', snapshot: isNew ? snapshot : shown });
    },
    command: (command) => post({ type: 'command', command }),
    announceOff: () => post({ type: 'off' }),
    close() {
      stopBeat();
      role = 'none';
      turn += 1;
      release();
      channel.close();
    },
  };
}
