// The page's side of a contributor: which tab computes, what it looks like, who looks at it; the work is the supervisor's.
import type { SoftwareGpu } from '../engine/choose-backend.ts';
import type { DeviceForm } from '../protocol/messages.ts';
import type { Absence } from './absence.ts';
import { adjustSettings, capSettings } from './adjust-settings.ts';
import type { MarkStorage } from './alive-mark.ts';
import { systemClock } from './clock.ts';
import { createLeaderTab, type LeaderTab, type TabCommand } from './leader-tab.ts';
import { DEFAULT_SETTINGS } from './presets.ts';
import { recall, remember } from './remember.ts';
import type { Pause } from './rules.ts';
import { type Supervisor, startSupervisor } from './start-supervisor.ts';
import { type ContributorSettings, type ContributorSnapshot, type IdleDetection, makeSnapshot, type SettingsChange } from './state.ts';
import { absenceSinceDiscard, watchAbsence } from './watch-absence.ts';
import { watchBattery } from './watch-battery.ts';
import { watchIdle } from './watch-idle.ts';
import { watchPage } from './watch-page.ts';
import type { WidgetIdentity } from './widget-identity.ts';

export interface Contributor {
  snapshot(): ContributorSnapshot;
  /** Called with every new snapshot; returns the way to stop. */
  subscribe(listener: (snapshot: ContributorSnapshot) => void): () => void;
  /** Where another tab computes, this one takes over. */
  start(): Promise<void>;
  /** For every tab of this browser. */
  stop(): Promise<void>;
  /** Null: until the person says. Resolves when it would survive a reload. */
  pause(untilMs: number | null): Promise<void>;
  /** Ends a pause or a finish; else overrules the rule that holds this device still, for as long as its cause lasts. */
  resume(): Promise<void>;
  /** Completes what runs, begins nothing new, then stops. */
  finishAndStop(): Promise<void>;
  setSettings(change: SettingsChange): Promise<void>;
  /** Wants a click under way: the browser asks the person. */
  askForIdleDetection(): Promise<IdleDetection>;
  /** Hands work back and ends the workers; it stays remembered as on. */
  destroy(): Promise<void>;
}

export interface ContributorOptions {
  readonly baseUrl: string;
  /** As the coordinator's logs name this build. */
  readonly build?: string;
  /** 'use': a GPU made of software computes too, though it is slower than the CPU engine. Default 'avoid'. */
  readonly softwareGpu?: SoftwareGpu;
  readonly powerPreference?: 'low-power' | 'high-performance';
  /** No engine is lent more than this, whatever the settings say. */
  readonly maxShare?: number;
  /** A site's visitor: signs in by a token of its own, and nothing is remembered, for its consent is kept elsewhere. */
  readonly identity?: WidgetIdentity | null;
}

const INSECURE =
  'This page came over an unencrypted connection, where browsers allow neither keys nor GPUs; open it over https, or on the coordinator’s own machine.';
/** On stop the last receipts are waited for; a supervisor that hangs is ended after this. */
const STOP_BUDGET_MS = 3_000;

/** Goes on by itself when it was on at the last visit and nobody stopped it; what was paused stays paused. */
export async function createContributor(options: ContributorOptions): Promise<Contributor> {
  const defaults = firstSettings();
  const remembered = options.identity ? null : await recall(defaults);
  const host = createHost(options, capSettings(remembered?.settings ?? defaults, options.maxShare ?? 1));
  if (remembered?.wasOn) await host.begin(false);
  return host;
}

/** All cores but one: a page must never make its machine slow before it was asked to. */
function firstSettings(): ContributorSettings {
  return adjustSettings(DEFAULT_SETTINGS, { cpu: { threads: Math.max(1, navigator.hardwareConcurrency - 1) } });
}

/** A hint for leaderboards, where phones have a league of their own. */
function guessForm(): DeviceForm {
  const { userAgentData } = navigator as { readonly userAgentData?: { readonly mobile: boolean } };
  const isSmall = matchMedia('(pointer: coarse)').matches && Math.min(screen.width, screen.height) < 600;
  return (userAgentData?.mobile ?? isSmall) ? 'phone' : 'computer';
}

/** Reading `localStorage` itself throws where a page may have none. */
const PAGE_STORAGE: MarkStorage = {
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, value),
};

interface Host extends Contributor {
  /** `isFresh`: a person pressed start, and no pause of earlier is left. */
  begin(isFresh: boolean): Promise<void>;
}

function createHost(options: ContributorOptions, settings: ContributorSettings): Host {
  const { baseUrl, build = 'web', softwareGpu = 'avoid', powerPreference = 'low-power', maxShare = 1, identity = null } = options;
  const listeners = new Set<(snapshot: ContributorSnapshot) => void>();
  let view = makeSnapshot(settings);
  let isWanted = false;
  let isFinishing = false;
  /** Of the start that is under way: lost as soon as another tab is seen to lead, whose pause is then respected. */
  let isFreshStart = false;
  let heardPause: Pause = { kind: 'none' };
  let supervisor: Supervisor | null = null;
  let absence: Absence | null = null;

  const keep = (wasOn: boolean): void => {
    if (identity === null) void remember({ settings: view.settings, wasOn });
  };

  const publish = (next: ContributorSnapshot): void => {
    view = { ...next, idleDetection: idle.detection, absence: absence ?? next.absence };
    if (tab?.isLeader) tab.show(view);
    for (const listener of listeners) listener(view);
  };

  const crash = (sentence: string): void => {
    supervisor?.terminate();
    supervisor = null;
    tab?.retire();
    publish({ ...view, state: { kind: 'stopped', fault: { code: 'internal', sentence } }, transport: null, current: [] });
  };

  const lead = (): void => {
    const isFresh = isFreshStart;
    isFreshStart = false;
    const options = {
      baseUrl,
      build,
      settings: view.settings,
      softwareGpu,
      powerPreference,
      maxShare,
      identity,
      heardPause,
      form: guessForm(),
    };
    const mine: Supervisor = startSupervisor(options, {
      // The picture comes by itself, so a snapshot leaves the one before in place.
      // Settings are chosen here: a snapshot that was on its way meanwhile knows older ones.
      onSnapshot: (snapshot) => supervisor === mine && accept({ ...snapshot, settings: view.settings, latestOutput: view.latestOutput }),
      onOutput: (latestOutput) => supervisor === mine && publish({ ...view, latestOutput }),
      onCrash: (sentence) => supervisor === mine && crash(sentence),
    });
    supervisor = mine;
    mine.ready.then(
      () => {
        void mine.api.setSurroundings(page.surroundings());
        void mine.api.learn({ isOnBattery: battery.isOnBattery(), lastInputAtMs: idle.lastInputAtMs, detector: idle.detector });
        void mine.api.start(isFresh);
      },
      (fault: unknown) => supervisor === mine && crash(fault instanceof Error ? fault.message : String(fault)),
    );
  };

  const accept = (snapshot: ContributorSnapshot): void => {
    publish(snapshot);
    if (isFinishing && snapshot.state.kind === 'off') void stopHere();
  };

  /** What is told to a supervisor that still starts is told after its start. */
  const tell = async (say: (api: Supervisor['api']) => Promise<void>): Promise<void> => {
    const told = supervisor;
    if (!told) return;
    await told.ready.then(() => say(told.api)).catch(() => undefined);
  };

  const stopSupervisor = async (): Promise<void> => {
    const ending = supervisor;
    supervisor = null;
    if (!ending) return;
    await Promise.race([ending.api.stop().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, STOP_BUDGET_MS))]);
    ending.terminate();
  };

  const turnOff = (): void => publish({ ...view, state: { kind: 'off' }, transport: null, current: [], rule: null, pausedUntilMs: null });

  const stopHere = async (): Promise<void> => {
    isWanted = false;
    isFinishing = false;
    keep(false);
    tab?.announceOff();
    await stopSupervisor();
    tab?.retire();
    turnOff();
  };

  const pauseHere = async (untilMs: number | null): Promise<void> => {
    // Not leading yet: whoever leads then begins with it.
    if (!supervisor) {
      isFreshStart = false;
      heardPause = untilMs === null ? { kind: 'for-good' } : { kind: 'until', untilMs };
    }
    await tell((api) => api.pause(untilMs));
  };

  const resumeHere = async (): Promise<void> => {
    heardPause = { kind: 'none' };
    if (isFinishing) {
      isFinishing = false;
      keep(true);
    }
    await tell((api) => api.resume());
  };

  /** A reload before it is done must not begin anew. */
  const finishHere = async (): Promise<void> => {
    if (!supervisor) return await stopHere();
    isFinishing = true;
    keep(false);
    await tell((api) => api.finishAndStop());
  };

  const changeSettings = async (change: SettingsChange): Promise<void> => {
    publish({ ...view, settings: capSettings(adjustSettings(view.settings, change), maxShare) });
    keep(isWanted && !isFinishing);
    followIdleRule();
    await tell((api) => api.setSettings(change));
  };

  const obey = (command: TabCommand): void => {
    switch (command.kind) {
      case 'stop':
        return void stopHere();
      case 'pause':
        return void pauseHere(command.untilMs);
      case 'resume':
        return void resumeHere();
      case 'finish':
        return void finishHere();
      case 'settings':
        return void changeSettings(command.change);
    }
  };

  const mirror = (snapshot: ContributorSnapshot): void => {
    isFreshStart = false;
    heardPause = pauseOf(snapshot);
    const state = snapshot.state.kind === 'off' ? snapshot.state : ({ kind: 'other-tab' } as const);
    publish({ ...snapshot, state, latestOutput: snapshot.latestOutput ?? view.latestOutput });
    followIdleRule();
    // Also a tab that was open before anybody pressed start goes on when the one that leads is gone.
    if (isWanted || state.kind === 'off') return;
    isWanted = true;
    tab?.compete();
  };

  // Insecure pages have no locks, and nothing for them to guard.
  const tab: LeaderTab | null = isSecureContext
    ? createLeaderTab({
        locks: navigator.locks,
        clock: systemClock,
        isVisible: () => document.visibilityState === 'visible',
        on: {
          lead,
          yieldTo() {
            // Its work goes back to the coordinator while the other tab starts.
            void stopSupervisor();
            publish({ ...view, state: { kind: 'other-tab' } });
            if (isWanted) tab?.compete();
          },
          mirror,
          command: obey,
          off() {
            if (tab?.isLeader) return;
            isWanted = false;
            tab?.retire();
            turnOff();
          },
        },
      })
    : null;

  const page = watchPage({
    onSurroundings(surroundings) {
      if (!surroundings.isVisible) away.hid();
      void supervisor?.api.setSurroundings(surroundings);
    },
    onFreeze() {
      tab?.setFrozen(true);
      away.froze();
    },
    // The next tab need not wait until this one's workers are taken down.
    onLeave: () => tab?.close(),
    onWake() {
      tab?.setFrozen(false);
      away.woke();
      void supervisor?.api.wake();
    },
  });
  const away = watchAbsence({
    clock: systemClock,
    storage: PAGE_STORAGE,
    leading: () => (supervisor && identity === null ? view : null),
    onAbsence(next) {
      absence = next;
      publish(view);
    },
  });
  const battery = watchBattery((isOnBattery) => void supervisor?.api.learn({ isOnBattery }));
  const idle = watchIdle({
    onInput: (lastInputAtMs) => void supervisor?.api.learn({ lastInputAtMs }),
    onDetector: (detector) => void supervisor?.api.learn({ detector }),
    onPermission: () => publish(view),
  });
  const followIdleRule = (): void => {
    const { isOn, afterMinutes } = view.settings.onlyWhenIdle;
    idle.setMinutes(isOn ? afterMinutes : null);
  };
  followIdleRule();

  /** The leading tab acts; another one asks it to. */
  const direct = async (command: TabCommand, act: () => Promise<void>): Promise<void> => {
    if (view.state.kind === 'other-tab') tab?.command(command);
    else await act();
  };

  const begin = async (isFresh: boolean): Promise<void> => {
    if (!tab) return publish({ ...view, state: { kind: 'insecure', sentence: INSECURE } });
    isWanted = true;
    keep(true);
    if (!isFresh && wasDiscarded()) absence = absenceSinceDiscard(PAGE_STORAGE, Date.now());
    if (isFinishing) return await resumeHere();
    if (supervisor) return await tell((api) => api.start(isFresh));
    // Asked for in the face of a tab that computes: the user wants it here.
    if (view.state.kind === 'other-tab') return tab.seize();
    isFreshStart = isFresh;
    if (isFresh) heardPause = { kind: 'none' };
    publish({ ...view, state: { kind: 'starting', step: 'engine' } });
    tab.compete();
  };

  return {
    snapshot: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    begin,
    start: () => begin(true),
    async stop() {
      if (view.state.kind === 'other-tab') tab?.command({ kind: 'stop' });
      await stopHere();
    },
    pause: (untilMs) => direct({ kind: 'pause', untilMs }, () => pauseHere(untilMs)),
    resume: () => direct({ kind: 'resume' }, resumeHere),
    finishAndStop: () => direct({ kind: 'finish' }, finishHere),
    setSettings: (change) => direct({ kind: 'settings', change }, () => changeSettings(change)),
    async askForIdleDetection() {
      await idle.ask();
      return idle.detection;
    },
    async destroy() {
      isWanted = false;
      page.stop();
      away.stop();
      battery.stop();
      idle.stop();
      await stopSupervisor();
      tab?.close();
      listeners.clear();
    },
  };
}

/** Chromium's word for a tab that was thrown away to save memory and is loaded again now. */
function wasDiscarded(): boolean {
  return (document as { readonly wasDiscarded?: boolean }).wasDiscarded === true;
}

/** As the leading tab shows it. */
function pauseOf({ rule }: ContributorSnapshot): Pause {
  if (rule?.name === 'paused') return { kind: 'for-good' };
  if (rule?.name === 'paused-until' && rule.untilMs !== null) return { kind: 'until', untilMs: rule.untilMs };
  return { kind: 'none' };
}
