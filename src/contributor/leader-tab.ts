// One engine a device: whichever tab holds the lock computes, the others mirror it and may tell it what to do.
import type { Clock } from './clock.ts';
import type { ContributorSnapshot, SettingsChange } from './state.ts';

export const LEADER_LOCK = 'ostraka-compute-leader';
const CHANNEL = 'ostraka-contributor';
/** How often a leader shows that it is alive, even when nothing changes. */
export const BEAT_MS = 5_000;
/** A hidden leader's timers may come once a minute, but it answers a question at once: one is put to whoever was silent for this long. */
export const ASK_AFTER_MS = BEAT_MS + 1_000;
/** A leader silent for this long is frozen, when it left a question open for `ANSWER_MS`: a visible tab takes over. */
export const STALE_MS = 15_000;
export const ANSWER_MS = 3_000;
/** How often a tab that waits looks at the time. */
export const CHECK_MS = 1_000;
/** What a mirrored snapshot may carry of the latest picture. */
export const MAX_MIRRORED_BYTES = 1024 * 1024;

export type TabCommand =
  | { readonly kind: 'stop' }
  | { readonly kind: 'pause'; readonly untilMs: number | null }
  | { readonly kind: 'resume' }
  | { readonly kind: 'finish' }
  | { readonly kind: 'settings'; readonly change: SettingsChange };

type TabMessage =
  /** Is anyone leading? The leader answers with its snapshot. */
  | { readonly type: 'ask' }
  /** This tab leads, and has nothing to show yet. */
  | { readonly type: 'here' }
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
  /** The page is frozen, or no longer: a frozen leader is silent, so that another tab may take over. */
  setFrozen(isFrozen: boolean): void;
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
  let postedAtMs = 0;
  /** Since when a question of this tab is open. */
  let askedAtMs: number | null = null;
  let stopCheck = (): void => {};

  const post = (message: TabMessage): void => channel.postMessage(message);

  /** It was stopped for all tabs: until it lets go of the lock, whoever asks is told so. */
  let isOff = false;

  /** Chromium delivers messages to a frozen page all the same (156): it must not answer for a worker that stands still. */
  let isFrozen = false;

  const answer = (): void => {
    if (isFrozen) return;
    postedAtMs = clock.nowMs();
    if (isOff) return post({ type: 'off' });
    post(shown ? { type: 'snapshot', snapshot: shown } : { type: 'here' });
  };

  const ask = (): void => {
    askedAtMs ??= clock.nowMs();
    post({ type: 'ask' });
  };

  const hear = (): void => {
    heardAtMs = clock.nowMs();
    askedAtMs = null;
  };

  const hold = (mine: number): Promise<void> => {
    if (mine !== turn) return Promise.resolve();
    role = 'leader';
    answer();
    on.lead();
    return new Promise((resolve) => {
      release = resolve;
    });
  };

  const request = (isSteal: boolean): void => {
    turn += 1;
    isOff = false;
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
      shown = null;
      on.yieldTo();
    });
  };

  const check = (): void => {
    stopCheck = clock.after(CHECK_MS, check);
    if (role === 'leader' && clock.nowMs() - postedAtMs >= BEAT_MS) answer();
    // Only where somebody looks: a hidden tab could be frozen just as well.
    if (role !== 'waiting' || !isVisible()) return;
    const nowMs = clock.nowMs();
    if (nowMs - heardAtMs < ASK_AFTER_MS) return;
    const isUnanswered = askedAtMs !== null && nowMs - askedAtMs >= ANSWER_MS;
    if (nowMs - heardAtMs >= STALE_MS && isUnanswered) takeByForce();
    else ask();
  };
  stopCheck = clock.after(CHECK_MS, check);

  const takeByForce = (): void => {
    release();
    role = 'waiting';
    request(true);
  };

  channel.onmessage = ({ data }: MessageEvent<TabMessage>) => {
    if (data.type === 'snapshot' || data.type === 'here') hear();
    switch (data.type) {
      case 'ask':
        if (role === 'leader') answer();
        return;
      case 'here':
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
      hear();
      request(false);
      post({ type: 'ask' });
    },
    seize() {
      if (role !== 'leader') takeByForce();
    },
    retire() {
      role = 'none';
      turn += 1;
      shown = null;
      release();
    },
    show(snapshot) {
      if (isOff) return;
      // The picture crosses once; what follows carries the numbers.
      const { latestOutput } = snapshot;
      const isNew = latestOutput !== shownOutput && (latestOutput?.bytes.length ?? 0) <= MAX_MIRRORED_BYTES;
      shownOutput = latestOutput;
      shown = { ...snapshot, latestOutput: null };
      postedAtMs = clock.nowMs();
      post({ type: 'snapshot', snapshot: isNew ? snapshot : shown });
    },
    command: (command) => post({ type: 'command', command }),
    announceOff() {
      isOff = true;
      post({ type: 'off' });
    },
    setFrozen(next) {
      isFrozen = next;
    },
    close() {
      stopCheck();
      role = 'none';
      turn += 1;
      release();
      channel.close();
    },
  };
}
