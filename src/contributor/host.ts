// The page's side of a contributor: which tab computes, what it looks like, who looks at it; the work is the supervisor's.
import type { SoftwareGpu } from '../engine/choose-backend.ts';
import { systemClock } from './clock.ts';
import { createLeaderTab, type LeaderTab, type TabCommand } from './leader-tab.ts';
import { recall, remember } from './remember.ts';
import { type Supervisor, startSupervisor } from './start-supervisor.ts';
import { adjustSettings, type ContributorSettings, type ContributorSnapshot, DEFAULT_SETTINGS, makeSnapshot } from './state.ts';
import { watchBattery } from './watch-battery.ts';
import { watchPage } from './watch-page.ts';

export interface Contributor {
  snapshot(): ContributorSnapshot;
  /** Called with every new snapshot; returns the way to stop. */
  subscribe(listener: (snapshot: ContributorSnapshot) => void): () => void;
  /** Where another tab computes, this one takes over. */
  start(): Promise<void>;
  /** For every tab of this browser. */
  stop(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  setSettings(change: Partial<ContributorSettings>): Promise<void>;
  /** Hands work back and ends the workers; it stays remembered as on. */
  destroy(): Promise<void>;
}

export interface ContributorOptions {
  readonly baseUrl: string;
  /** As the coordinator's logs name this build. */
  readonly build?: string;
  /** 'use': a GPU made of software computes too, though it is slower than the CPU engine. Default 'avoid'. */
  readonly softwareGpu?: SoftwareGpu;
}

const INSECURE =
  'This page came over an unencrypted connection, where browsers allow neither keys nor GPUs; open it over https, or on the coordinator’s own machine.';
/** On stop the last receipts are waited for; a supervisor that hangs is ended after this. */
const STOP_BUDGET_MS = 3_000;

/** Goes on by itself when it was on at the last visit and nobody stopped it. */
export async function createContributor(options: ContributorOptions): Promise<Contributor> {
  const remembered = await recall();
  const contributor = createHost(options, adjustSettings(firstSettings(), remembered?.settings ?? {}));
  if (remembered?.wasOn) await contributor.start();
  return contributor;
}

/** Half of the cores but one: a page must never make its machine slow before it was asked to. */
function firstSettings(): ContributorSettings {
  return adjustSettings(DEFAULT_SETTINGS, { threads: Math.max(1, navigator.hardwareConcurrency - 1) });
}

function createHost({ baseUrl, build = 'web', softwareGpu = 'avoid' }: ContributorOptions, settings: ContributorSettings): Contributor {
  const listeners = new Set<(snapshot: ContributorSnapshot) => void>();
  let view = makeSnapshot(settings);
  let isWanted = false;
  let supervisor: Supervisor | null = null;

  const publish = (next: ContributorSnapshot): void => {
    view = next;
    if (tab?.isLeader) tab.show(view);
    for (const listener of listeners) listener(view);
  };

  const crash = (sentence: string): void => {
    endSupervisor();
    tab?.retire();
    publish({ ...view, state: { kind: 'stopped', fault: { code: 'internal', sentence } }, transport: null, current: [] });
  };

  const lead = (): void => {
    supervisor = startSupervisor(
      { baseUrl, build, settings: view.settings, softwareGpu },
      {
        // The picture comes by itself, so a snapshot leaves the one before in place.
        onSnapshot: (snapshot) => publish({ ...snapshot, latestOutput: view.latestOutput }),
        onOutput: (latestOutput) => publish({ ...view, latestOutput }),
        onCrash: crash,
      },
    );
    const { api, ready } = supervisor;
    ready.then(
      () => {
        void api.setSurroundings(page.surroundings());
        void api.setOnBattery(battery.isOnBattery());
        void api.start();
      },
      (fault: unknown) => crash(fault instanceof Error ? fault.message : String(fault)),
    );
  };

  const endSupervisor = (): void => {
    supervisor?.terminate();
    supervisor = null;
  };

  const stopSupervisor = async (): Promise<void> => {
    const ending = supervisor;
    if (!ending) return;
    await Promise.race([ending.api.stop().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, STOP_BUDGET_MS))]);
    ending.terminate();
    if (supervisor === ending) supervisor = null;
  };

  const turnOff = (): void => publish({ ...view, state: { kind: 'off' }, transport: null, current: [], dutyPercent: 0 });

  const stopHere = async (): Promise<void> => {
    isWanted = false;
    void remember({ settings: view.settings, wasOn: false });
    tab?.announceOff();
    await stopSupervisor();
    tab?.retire();
    turnOff();
  };

  const obey = (command: TabCommand): void => {
    switch (command.kind) {
      case 'stop':
        return void stopHere();
      case 'pause':
        return void supervisor?.api.pause();
      case 'resume':
        return void supervisor?.api.resume();
      case 'settings':
        return void changeSettings(command.change);
    }
  };

  const changeSettings = async (change: Partial<ContributorSettings>): Promise<void> => {
    publish({ ...view, settings: adjustSettings(view.settings, change) });
    void remember({ settings: view.settings, wasOn: isWanted });
    await supervisor?.api.setSettings(change);
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
          mirror(snapshot) {
            const state = snapshot.state.kind === 'off' ? snapshot.state : ({ kind: 'other-tab' } as const);
            publish({ ...snapshot, state, latestOutput: snapshot.latestOutput ?? view.latestOutput });
          },
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
    onSurroundings: (surroundings) => void supervisor?.api.setSurroundings(surroundings),
    onWake: () => void supervisor?.api.wake(),
  });
  const battery = watchBattery((isOnBattery) => void supervisor?.api.setOnBattery(isOnBattery));

  /** The leading tab acts; another one asks it to. */
  const direct = async (command: TabCommand, act: () => Promise<void> | void): Promise<void> => {
    if (view.state.kind === 'other-tab') tab?.command(command);
    else await act();
  };

  return {
    snapshot: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async start() {
      if (!tab) return publish({ ...view, state: { kind: 'insecure', sentence: INSECURE } });
      isWanted = true;
      void remember({ settings: view.settings, wasOn: true });
      if (supervisor) return await supervisor.api.start();
      // Asked for in the face of a tab that computes: the user wants it here.
      if (view.state.kind === 'other-tab') return tab.seize();
      publish({ ...view, state: { kind: 'starting', step: 'engine' } });
      tab.compete();
    },
    async stop() {
      if (view.state.kind === 'other-tab') tab?.command({ kind: 'stop' });
      await stopHere();
    },
    pause: () => direct({ kind: 'pause' }, async () => await supervisor?.api.pause()),
    resume: () => direct({ kind: 'resume' }, async () => await supervisor?.api.resume()),
    setSettings: (change) => direct({ kind: 'settings', change }, () => changeSettings(change)),
    async destroy() {
      isWanted = false;
      page.stop();
      battery.stop();
      await stopSupervisor();
      tab?.close();
      listeners.clear();
    },
  };
}
