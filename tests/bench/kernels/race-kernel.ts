// One kernel, all contenders: warmed up, then asked in turn round by round, so that whatever disturbs the machine disturbs them alike.
import type { Spread } from '../print-table.ts';
import { spreadOf } from '../print-table.ts';
import type { Teardown } from '../teardown.ts';
import { compareOutputs } from './compare-bytes.ts';
import type { Contender, ContenderName } from './contender.ts';
import type { KernelName } from './kernel.ts';
import { loadKernel } from './kernels.ts';
import { startCTwin } from './start-c-twin.ts';
import { startContender } from './start-contender.ts';

export interface RacePlace {
  readonly scratchDir: string;
  readonly teardown: Teardown;
  readonly hasGcc: boolean;
  readonly swiftShader: string | null;
}

export interface Race {
  readonly kernel: KernelName;
  /** CPU milliseconds of one run, a round after the other. */
  readonly times: Readonly<Partial<Record<ContenderName, readonly number[]>>>;
  /** Sentences: who gave other bytes than ours, who could not run. */
  readonly faults: readonly string[];
}

/** A round asks for as many runs as take about so long, so that clocks and interrupts do not matter. */
const roundMs = 60;
const warmUpMs = 600;
/** Who takes so long is asked less often: it was not a close race. */
const slowMs = 1_000;
const maxSlowRounds = 2;

export async function raceKernel(name: KernelName, against: readonly ContenderName[], rounds: number, place: RacePlace): Promise<Race> {
  const faults: string[] = [];
  const contenders = await startAll(name, against, place, faults);
  try {
    faults.push(...(await compareAll(name, contenders)));
    const lanes = [];
    for (const contender of contenders) lanes.push({ contender, ...(await warmUp(contender)) });
    for (let round = 0; round < rounds; round++) {
      for (const { contender, perRound, times } of lanes) {
        if (times.length > round || (round >= maxSlowRounds && times[0]! > slowMs)) continue;
        times.push((await contender.run(perRound)).cpuMs / perRound);
      }
    }
    return { kernel: name, times: Object.fromEntries(lanes.map(({ contender, times }) => [contender.name, times])), faults };
  } finally {
    for (const contender of contenders) await contender.stop();
  }
}

async function startAll(
  name: KernelName,
  against: readonly ContenderName[],
  place: RacePlace,
  faults: string[],
): Promise<readonly Contender[]> {
  const kernel = await loadKernel(name);
  const started: Contender[] = [];
  for (const each of against) {
    if (each === 'gcc' && (kernel.cSource === null || !place.hasGcc)) continue;
    if (each === 'javascript' && kernel.javascript === null) continue;
    if (each === 'swiftshader' && place.swiftShader === null) continue;
    try {
      started.push(each === 'gcc' ? await startCTwin(kernel, place) : await startContender(each, name, place));
    } catch (cause) {
      faults.push(`${name} by ${each}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  return started;
}

async function compareAll(name: KernelName, contenders: readonly Contender[]): Promise<readonly string[]> {
  const { tolerance } = await loadKernel(name);
  const [first, ...others] = contenders;
  if (first === undefined) return [];
  const ours = await first.outputs();
  const faults: string[] = [];
  for (const other of others) {
    const fault = compareOutputs(ours, await other.outputs(), tolerance?.of.some((each) => each === other.name) ? tolerance : null);
    if (fault !== null) faults.push(`${name} by ${other.name} is not what ${first.name} computed: ${fault}`);
  }
  return faults;
}

/** Gives how many runs fill a round. What is slow ran often enough when its outputs were compared, and this was its first round. */
async function warmUp(contender: Contender): Promise<{ readonly perRound: number; readonly times: number[] }> {
  let last = (await contender.run(1)).cpuMs;
  if (last > slowMs) return { perRound: 1, times: [last] };
  const countRuns = (most: number): number => Math.max(1, Math.min(most, Math.round(roundMs / Math.max(last, 0.01))));
  for (let spentMs = last; spentMs < warmUpMs; ) {
    const times = countRuns(64);
    const { cpuMs } = await contender.run(times);
    last = cpuMs / times;
    spentMs += Math.max(cpuMs, 1);
  }
  return { perRound: countRuns(200), times: [] };
}

/** How many times as long as ours another took, round by round; null where one of them did not run. */
export function timesOurs(race: Race, other: ContenderName): Spread | null {
  const [ours, theirs] = [race.times.ours ?? [], race.times[other] ?? []];
  const ratios = theirs.flatMap((time, round) => (ours[round] === undefined ? [] : [time / ours[round]]));
  return ratios.length === 0 ? null : spreadOf(ratios);
}
