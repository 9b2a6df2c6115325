// A coordinator process of the simulated world: the real runner, core and gateway over a journal line and simulated connections.
import type { LoadedDevice } from '../../server/coordinator/change.ts';
import { runCoordinator } from '../../server/coordinator/run-coordinator.ts';
import type { CoordinatorRunner } from '../../server/coordinator/runner.ts';
import type { CoordinatorState } from '../../server/coordinator/state.ts';
import { createGateway, type Gateway } from '../../server/gateway/gateway.ts';
import type { TicketHolder } from '../../server/gateway/tickets.ts';
import { Fault } from '../../src/protocol/fault.ts';
import { isInjected, type JournalLineOptions, openJournalLine } from './journal-under-faults.ts';
import type { Link } from './network.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { WorldLog } from './world-log.ts';

/** Of all coordinators: they share the secret that assignments are signed with. */
const MAC_SECRET = new Uint8Array(32).fill(7);
const CLOCK_MS = 500;
const RENEW_MS = 1_000;
const DRAIN_GRACE_MS = 2_000;
const DRAIN_TIMEOUT_MS = 5_000;
const LINGER_MS = 500;

export type JournalParts = Omit<JournalLineOptions, 'process' | 'crashProcess'>;

export interface CoordinatorParts extends JournalParts {
  readonly process: SimulatedProcess;
  readonly log: WorldLog;
  readonly onDead: () => void;
  readonly onThrown: (who: string, cause: unknown) => void;
  /** The core has seen an event. */
  readonly onStep: (state: CoordinatorState) => void;
}

export interface SimulatedCoordinator {
  readonly process: SimulatedProcess;
  /** Null until the state has been read. */
  readonly runner: CoordinatorRunner | null;
  readonly state: CoordinatorState | null;
  nextIds(count: number): Promise<readonly number[]>;
  accept(link: Link, holder: TicketHolder): void;
  post(event: Parameters<CoordinatorRunner['post']>[0]): void;
  crash(): void;
  /** As an operator stops it: nothing new, the last commits, then the connections. */
  drain(): void;
}

export function startSimulatedCoordinator(parts: CoordinatorParts): SimulatedCoordinator {
  const { clock, process, log, tables, seams } = parts;
  let runner: CoordinatorRunner | null = null;
  let gateway: Gateway | null = null;
  let state: CoordinatorState | null = null;

  const crash = (): void => {
    if (!process.isAlive) return;
    log.note(process.name, () => 'crashes');
    process.kill();
    parts.onDead();
  };
  const journal = openJournalLine({ ...parts, crashProcess: crash });
  const look = (): void => {
    if (state) parts.onStep(state);
  };
  const watch = (raw: CoordinatorRunner): CoordinatorRunner => ({
    ...raw,
    post(event) {
      for (const planted of seams.beforePost?.(event) ?? [event]) {
        raw.post(planted);
        look();
      }
    },
    async openJob(job) {
      await raw.openJob(job);
      look();
    },
    cancelJob(job) {
      const done = raw.cancelJob(job);
      look();
      return done;
    },
  });
  const tick = (): void => {
    runner?.post({ type: 'clock' });
    process.after(CLOCK_MS, tick);
  };
  const renew = (): void => {
    runner?.renewShare().catch((cause) => {
      if (!isInjected(cause)) parts.onThrown(process.name, cause);
      crashIfFenced(cause);
    });
    process.after(RENEW_MS, renew);
  };
  const crashIfFenced = (cause: unknown): void => {
    if (cause instanceof Fault && cause.facts.isFenced === true) crash();
  };
  const begin = async (): Promise<void> => {
    const raw = await runCoordinator({
      journal,
      macSecret: MAC_SECRET,
      nowMs: process.nowMs,
      wait: (ms) => new Promise((resolve) => process.after(ms, resolve)),
      onFailedCommit(cause) {
        log.note(process.name, () => `failed to commit: ${cause instanceof Error ? cause.message : cause}`);
        if (!isInjected(cause)) parts.onThrown(process.name, cause);
        crashIfFenced(cause);
      },
      onState(fresh) {
        state = fresh;
      },
    });
    runner = watch(raw);
    gateway = createGateway({
      runner,
      build: 'simulated',
      epoch: raw.epoch,
      readDevice,
      timers: process,
      log: { info: () => undefined, warn: (facts) => parts.onThrown(process.name, (facts as { readonly err?: unknown }).err) },
    });
    raw.connect(seams.aroundDeliverer?.(gateway) ?? gateway);
    log.note(process.name, () => `runs in epoch ${raw.epoch}`);
    tick();
    renew();
  };
  begin().catch((cause) => {
    // as the operator's supervisor does: a start that failed is tried again
    if (!isInjected(cause)) parts.onThrown(process.name, cause);
    crash();
  });

  function readDevice(device: TicketHolder['device']): Promise<LoadedDevice | null> {
    return new Promise((resolve) => {
      clock.after(2, () => process.enter(() => resolve(tables.devices.get(device) ?? null)));
    });
  }
  return {
    process,
    get runner() {
      return runner;
    },
    get state() {
      return state;
    },
    nextIds: (count) => journal.nextIds(count),
    accept: (link, holder) => void gateway?.accept(link.serverEnd, holder),
    post: (event) => process.enter(() => runner?.post(event)),
    crash,
    drain: () =>
      process.enter(() => {
        log.note(process.name, () => 'drains');
        void runner?.drain(DRAIN_GRACE_MS, DRAIN_TIMEOUT_MS).then(() => {
          gateway?.closeAll({ code: 'draining', sentence: 'The coordinator is stopping.' });
          process.after(LINGER_MS, crash);
        });
      }),
  };
}
