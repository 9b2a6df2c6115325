// What is killed in which round and when, from one seed: every kind equally often, the rest by chance.
import { createRandom, type Random } from '../simulation/random.ts';

export const KILL_KINDS = ['coordinator', 'postgres', 'both', 'contributors'] as const;
export type KillKind = (typeof KILL_KINDS)[number];

export interface PlannedKill {
  readonly round: number;
  readonly kind: KillKind;
  /** Under load for this long, then the kill. */
  readonly afterMs: number;
  /** With the postmaster all of its processes at once, or it alone: they then find out and go by themselves. */
  readonly hitsChildren: boolean;
  /** Processes of contributors that are killed, by position. */
  readonly victims: readonly number[];
}

const EARLIEST_MS = 200;
const LATEST_MS = 2_200;

/** A third of the processes, at least one. */
export function countVictims(processes: number): number {
  return Math.max(1, Math.round(processes / 3));
}

export interface PlanSize {
  readonly rounds: number;
  /** Of contributors. */
  readonly processes: number;
  /** Every kind in equal parts when null. */
  readonly only: KillKind | null;
}

/** Each round has its own chance: a shorter run is the beginning of a longer one. */
export function makeKillPlan(seed: number, { rounds, processes, only }: PlanSize): readonly PlannedKill[] {
  const kills = createRandom(seed).fork('kills');
  const turnOf = (round: number): readonly KillKind[] => shuffle(KILL_KINDS, kills.fork(`turn ${Math.floor(round / KILL_KINDS.length)}`));
  return Array.from({ length: rounds }, (_, round) => {
    const random = kills.fork(round);
    return {
      round,
      kind: only ?? (turnOf(round)[round % KILL_KINDS.length] as KillKind),
      afterMs: Math.round(random.between(EARLIEST_MS, LATEST_MS)),
      hitsChildren: random.isTrue(0.5),
      victims: shuffle([...Array(processes).keys()], random).slice(0, countVictims(processes)),
    };
  });
}

function shuffle<Value>(values: readonly Value[], random: Random): readonly Value[] {
  const left = [...values];
  return Array.from({ length: left.length }, () => left.splice(random.below(left.length), 1)[0] as Value);
}
