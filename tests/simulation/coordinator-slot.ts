// One coordinator of the world with its place in the database: its process may die, be replaced and start again; its journal line has its own trouble.
import { createTrouble, type StorageTrouble } from './journal-under-faults.ts';
import type { Random } from './random.ts';
import { type CoordinatorParts, type SimulatedCoordinator, startSimulatedCoordinator } from './simulated-coordinator.ts';
import { createProcess, type SimulatedProcess } from './simulated-process.ts';

export interface CoordinatorSlot {
  /** The newest process. */
  readonly coordinator: SimulatedCoordinator;
  readonly trouble: StorageTrouble;
  /** It answers: connections and requests may go there. */
  readonly isOpen: boolean;
  /** A new process takes the place of whichever there is. */
  takeOver(): void;
  /** The next start waits this long. */
  setDownMs(downMs: number): void;
}

export interface SlotParts extends Omit<CoordinatorParts, 'process' | 'random' | 'trouble' | 'instance' | 'onDead'> {
  readonly index: number;
  readonly random: Random;
  readonly onDead: (process: SimulatedProcess) => void;
}

const RESTART_MS = 1_000;

export function openSlot(parts: SlotParts): CoordinatorSlot {
  const trouble = createTrouble();
  const instance = `coordinator ${String.fromCharCode(65 + parts.index)}`;
  let coordinator: SimulatedCoordinator;
  let starts = 0;
  let nextDownMs = RESTART_MS;

  const start = (): void => {
    const name = `${instance}${++starts}`;
    const random = parts.random.fork(name);
    // a machine that starts again may have its clock set a little back
    const process = createProcess(parts.clock, name, starts === 1 ? 0 : Math.round(random.between(-2_000, 2_000)));
    coordinator = startSimulatedCoordinator({
      ...parts,
      process,
      random,
      trouble,
      instance,
      onDead() {
        trouble.crash = null;
        parts.onDead(process);
        if (coordinator.process !== process) return;
        const downMs = nextDownMs;
        nextDownMs = RESTART_MS;
        parts.clock.after(downMs, () => coordinator.process === process && start());
      },
    });
  };
  start();
  return {
    get coordinator() {
      return coordinator;
    },
    trouble,
    get isOpen() {
      return coordinator.runner !== null && coordinator.process.isAlive;
    },
    takeOver: start,
    setDownMs(downMs) {
      nextDownMs = downMs;
    },
  };
}
