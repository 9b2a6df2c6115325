// What the network is held to, and whether a run met it: a line each, with how far it is when it was not met.
import { describeSpread, figure, spreadOf } from './print-table.ts';

export interface Targets {
  /** Shards a second of each suite, a round after the other; null for a round that failed. */
  readonly rates: Readonly<Record<string, readonly (number | null)[]>>;
  readonly accepted: readonly { readonly shards: number; readonly acceptedMs: number; readonly longestGapMs: number }[];
  readonly live: { readonly served: number; readonly webSockets: number; readonly dataChannels: number } | null;
}

/** At least so many a second. */
const FLOORS = [
  { name: 'oneCopy', floor: 30_000, aspired: 50_000 },
  { name: 'quorum2', floor: 15_000, aspired: 25_000 },
  { name: 'webrtc50', floor: 10_000, aspired: null },
] as const;

/** At least so many times the other in the same round. */
const RATIOS = [
  { name: 'oneCopy', other: 'bullmqFsync', least: 3 },
  { name: 'oneCopy', other: 'graphile', least: 2.5 },
  { name: 'inFlight1', other: 'bullmqFsync1', least: 1 },
] as const;

const ACCEPTED_MS: Readonly<Record<number, number>> = { 100000: 1_000, 1000000: 5_000 };
/** Longer than this without a hand-out is a stop that contributors with work for seconds would not feel, and we do. */
export const MAX_GAP_MS = 500;

/** Only what was measured is judged. */
export function judgeTargets(measured: Targets): readonly string[] {
  return [...judgeFloors(measured), ...judgeRatios(measured), ...judgeAccepted(measured), ...judgeLive(measured)];
}

function line(what: string, share: number): string {
  return `${share >= 1 ? 'met    ' : 'not met'}  ${what}: ${figure(share)}x`;
}

function judgeFloors({ rates }: Targets): readonly string[] {
  return FLOORS.flatMap(({ name, floor, aspired }) => {
    const values = (rates[name] ?? []).filter((rate) => rate !== null);
    if (values.length === 0) return [];
    const { median } = spreadOf(values);
    const hope = aspired === null ? '' : ` (aspired ${figure(aspired)}: ${figure(median / aspired)}x)`;
    return [`${line(`${name} at least ${figure(floor)} shards/s`, median / floor)}${hope}`];
  });
}

function judgeRatios({ rates }: Targets): readonly string[] {
  return RATIOS.flatMap(({ name, other, least }) => {
    const ratios = ratiosOf(rates[name] ?? [], rates[other] ?? []);
    if (ratios.length === 0) return [];
    const spread = spreadOf(ratios);
    return [`${line(`${name} at least ${least} times ${other}`, spread.median / least)}, the ratio is ${describeSpread(spread)}`];
  });
}

/** Of one round to the same round. */
export function ratiosOf(ours: readonly (number | null)[], theirs: readonly (number | null)[]): readonly number[] {
  return ours.flatMap((rate, round) => {
    const other = theirs[round] ?? null;
    return rate === null || other === null ? [] : [rate / other];
  });
}

function judgeAccepted({ accepted }: Targets): readonly string[] {
  return accepted.flatMap(({ shards, acceptedMs, longestGapMs }) => {
    const most = ACCEPTED_MS[shards];
    if (most === undefined) return [];
    const size = shards.toLocaleString('en-US');
    return [
      line(`a job of ${size} shards accepted within ${figure(most)} ms`, most / acceptedMs),
      line(`while it is, no gap in dispatch above ${MAX_GAP_MS} ms`, MAX_GAP_MS / longestGapMs),
    ];
  });
}

function judgeLive({ live }: Targets): readonly string[] {
  if (!live) return [];
  const all = live.webSockets + live.dataChannels;
  return [line(`all of ${figure(all)} live contributors were handed work`, live.served / all)];
}
