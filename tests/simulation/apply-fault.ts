// Makes one fault of a plan happen in a running world.

import type { CoordinatorSlot } from './coordinator-slot.ts';
import type { FaultPlan } from './plan.ts';
import type { SimulatedContributor } from './simulated-contributor.ts';
import type { VirtualClock } from './virtual-clock.ts';
import type { WorldLog } from './world-log.ts';

/** What faults can reach. */
export interface FaultWorld {
  readonly clock: VirtualClock;
  readonly log: WorldLog;
  /** All processes of a device. */
  readonly devices: (who: number) => readonly SimulatedContributor[];
  readonly slot: (coordinator: number) => CoordinatorSlot;
  hideBlobs(forMs: number): void;
}

export function applyFault(world: FaultWorld, fault: FaultPlan): void {
  const { clock } = world;
  const slot = world.slot(fault.coordinator);
  const { trouble } = slot;
  world.log.note('fault', () => `#${fault.id} ${describeFault(fault)}`);
  switch (fault.kind) {
    case 'cut':
      for (const { link } of world.devices(fault.who)) link?.cut(fault);
      return;
    case 'lag':
      for (const { link } of world.devices(fault.who)) link?.lag(fault.extraMs, fault.forMs);
      return;
    case 'silence':
      for (const { link } of world.devices(fault.who)) link?.silence();
      return;
    case 'crash':
      for (const contributor of world.devices(fault.who)) {
        if (fault.when === 'now') contributor.crash(fault.downMs);
        else contributor.crashAt(fault.when === 'before-store' ? 'before' : 'after', fault.downMs);
      }
      return;
    case 'vanish':
      for (const contributor of world.devices(fault.who)) {
        contributor.link?.silence();
        contributor.crash(null);
      }
      return;
    case 'pause':
    case 'stop':
    case 'sleep':
      for (const contributor of world.devices(fault.who)) rest(world, contributor, fault.kind, fault.forMs);
      return;
    case 'clock-set':
      if (fault.who === null) slot.coordinator.process.setClock(fault.byMs);
      else for (const { process } of world.devices(fault.who)) process?.setClock(fault.byMs);
      return;
    case 'store-full':
      for (const contributor of world.devices(fault.who)) contributor.storeFullUntilMs = clock.nowMs() + fault.forMs;
      return;
    case 'blobs-missing':
      return world.hideBlobs(fault.forMs);
    case 'commit-fails':
      trouble.failingCommits += fault.times;
      return;
    case 'answer-lost':
      trouble.lostAnswers += fault.times;
      return;
    case 'commit-late':
      trouble.lateMs = fault.lateMs;
      return;
    case 'load-fails':
      trouble.failingLoads += fault.times;
      return;
    case 'claim-lost':
      trouble.lostClaims += fault.times;
      return;
    case 'slow-commits':
      trouble.slow = { commitMs: fault.commitMs, untilMs: clock.nowMs() + fault.forMs };
      return;
    case 'disk-full':
      trouble.fullUntilMs = clock.nowMs() + fault.forMs;
      if (!fault.isNoticed) return;
      slot.coordinator.post({ type: 'storage-low', isLow: true });
      clock.after(fault.forMs, () => slot.coordinator.post({ type: 'storage-low', isLow: false }));
      return;
    case 'coordinator-crash':
      slot.setDownMs(fault.downMs);
      if (fault.when === 'now') slot.coordinator.crash();
      else trouble.crash = fault.when;
      return;
    case 'coordinator-drains':
      slot.setDownMs(fault.downMs);
      return slot.coordinator.drain();
    case 'overloaded':
      slot.coordinator.post({ type: 'overloaded', isOverloaded: true });
      clock.after(fault.forMs, () => slot.coordinator.post({ type: 'overloaded', isOverloaded: false }));
      return;
    case 'coordinator-frozen':
      return freeze(world, slot, fault.takenOverAfterMs, fault.wakesAfterMs);
  }
}

function rest(world: FaultWorld, contributor: SimulatedContributor, how: 'pause' | 'stop' | 'sleep', forMs: number): void {
  const { runtime, process } = contributor;
  if (!runtime || !process?.isAlive) return;
  const back = (act: () => void): void => void world.clock.after(forMs, () => process.enter(act));
  switch (how) {
    case 'pause':
      process.enter(() => runtime.pause());
      return back(() => runtime.resume());
    case 'stop':
      process.enter(() => void runtime.stop());
      return back(() => runtime.start());
    case 'sleep':
      process.freeze();
      world.clock.after(forMs, () => process.thaw());
      return;
  }
}

/** The old process believes that it is the coordinator when it wakes up. */
function freeze(world: FaultWorld, slot: CoordinatorSlot, takenOverAfterMs: number, wakesAfterMs: number): void {
  const frozen = slot.coordinator;
  if (!frozen.process.isAlive || frozen.process.isFrozen) return;
  frozen.process.freeze();
  world.clock.after(takenOverAfterMs, () => frozen.process.isAlive && slot.takeOver());
  world.clock.after(takenOverAfterMs + wakesAfterMs, () => frozen.process.thaw());
}

export function describeFault(fault: FaultPlan): string {
  const { id: _, atMs: __, coordinator: ___, kind, ...rest } = fault;
  const details = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  return [kind, ...details].join(' ');
}
