// A GPU and CPU workers beside each other: opened and closed as their switches say; a GPU that goes away is asked for again once.
import type { SoftwareGpu } from '../engine/choose-backend.ts';
import { judgeLoss, judgeNoAdapter, type LossAction, NO_LOSSES } from '../engine/gpu/loss-policy.ts';
import { TARGET_VISIBLE_MS } from '../engine/pace-slices.ts';
import type { EngineCapability } from '../protocol/messages.ts';
import { type Clock, sleep } from './clock.ts';
import { createEngineLane, type EngineLane, type EngineWorkerHandle } from './create-engine-lane.ts';
import type { EngineReport, EngineStart, OpenEngine } from './engine-api.ts';
import { ENGINE_KINDS, type EngineLoad, type EnginePool } from './engine-pool.ts';
import { type EngineKind, type EngineView, type GpuLossNote, NOT_OPENED, type NoEngine } from './state.ts';

/** An engine that takes longer to open than this does not keep the other one waiting. */
export const OPEN_TOGETHER_MS = 3_000;

export interface EnginePoolOptions {
  spawn(): EngineWorkerHandle;
  readonly clock: Clock;
  /** Default 'avoid': it is slower than the CPU engine. */
  readonly softwareGpu?: SoftwareGpu;
  readonly powerPreference?: 'low-power' | 'high-performance';
}

interface Slot {
  /** What belongs to an earlier opening is over. */
  turn: number;
  lane: EngineLane | null;
  open: OpenEngine | null;
  none: NoEngine;
  opening: Promise<void>;
  load: EngineLoad;
  /** One that was lost or never came is not tried again before it was switched off and on. */
  isWanted: boolean;
}

const SWITCHED_OFF: NoEngine = { reason: 'switched-off', why: 'It is switched off here.' };

export function createEnginePool({ spawn, clock, softwareGpu = 'avoid', powerPreference = 'low-power' }: EnginePoolOptions): EnginePool {
  const slots: Readonly<Record<EngineKind, Slot>> = { gpu: makeSlot(), cpu: makeSlot() };
  let losses = NO_LOSSES;
  let gpuLoss: GpuLossNote | null = null;
  let isDestroyed = false;

  const change = (slot: Slot, next: { readonly open: OpenEngine } | { readonly none: NoEngine }): void => {
    slot.open = 'open' in next ? next.open : null;
    slot.none = 'none' in next ? next.none : NOT_OPENED;
    pool.onChange?.();
  };

  /** Who runs shards is told before they are taken away, so that they go elsewhere at once. */
  const shut = (slot: Slot, none: NoEngine, report: EngineReport): void => {
    const { lane } = slot;
    slot.turn += 1;
    slot.lane = null;
    slot.opening = Promise.resolve();
    change(slot, { none });
    lane?.close(report);
  };

  const openLane = async (kind: EngineKind): Promise<void> => {
    const slot = slots[kind];
    slot.turn += 1;
    const mine = slot.turn;
    const lane = createEngineLane({ spawn, clock, wish: { kind, softwareGpu, powerPreference }, onLost: loseGpu });
    slot.lane = lane;
    slot.none = NOT_OPENED;
    lane.setLoad(slot.load);
    const start = await lane.open().catch(makeBrokenStart);
    if (mine !== slot.turn) return;
    if (start.isOpen) change(slot, { open: start });
    else shut(slot, { reason: start.reason, why: start.why }, { kind: 'stopped' });
  };

  const loseGpu = (message: string): void => {
    const slot = slots.gpu;
    const judged = judgeLoss(losses, clock.nowMs());
    losses = judged.state;
    gpuLoss = { atMs: clock.nowMs(), sentence: message };
    const mine = slot.turn;
    if (judged.action.kind === 'use-cpu') return giveGpuUp('gpu-lost-twice', judged.action.sentence);
    slot.lane?.hold(askAgain(judged.action, mine));
  };

  const askAgain = async ({ afterMs, sentence }: Extract<LossAction, { kind: 'ask-again' }>, turn: number): Promise<void> => {
    const slot = slots.gpu;
    const isOver = (): boolean => isDestroyed || turn !== slot.turn;
    if (slot.open) change(slot, { open: { ...slot.open, view: { ...slot.open.view, reason: 'gpu-lost', why: sentence } } });
    await sleep(clock, afterMs);
    if (isOver()) return;
    const found = await slot.lane?.open().catch(() => null);
    if (isOver()) return;
    if (found?.isOpen) change(slot, { open: found });
    else giveGpuUp('gpu-not-given-back', judgeNoAdapter(losses).action.sentence);
  };

  const giveGpuUp = (reason: NoEngine['reason'], why: string): void =>
    shut(slots.gpu, { reason, why }, { kind: 'failed', code: 'gpu-lost', message: why });

  /** Rejects when there is none. */
  const waitUntilOpen = async (kind: EngineKind): Promise<void> => {
    await slots[kind].opening;
    if (slots[kind].open === null) throw new Error('It is missing.');
  };

  const pool: EnginePool = {
    onChange: null,
    async open(wanted) {
      for (const kind of ENGINE_KINDS) {
        const slot = slots[kind];
        const wasWanted = slot.isWanted;
        slot.isWanted = wanted[kind];
        if (wanted[kind] && !wasWanted && !isDestroyed) slot.opening = openLane(kind);
        if (!wanted[kind] && slot.none !== SWITCHED_OFF) shut(slot, SWITCHED_OFF, { kind: 'stopped' });
      }
      const both = Promise.all(ENGINE_KINDS.map((kind) => slots[kind].opening));
      const one = Promise.any(ENGINE_KINDS.map(waitUntilOpen)).catch(() => both);
      await Promise.race([both, Promise.all([one, sleep(clock, OPEN_TOGETHER_MS)])]);
    },
    get engines() {
      return { gpu: slots.gpu.open?.view ?? null, cpu: slots.cpu.open?.view ?? null };
    },
    get missing() {
      return { gpu: noneOf(slots.gpu), cpu: noneOf(slots.cpu) };
    },
    get capabilities() {
      return ENGINE_KINDS.flatMap((kind) => {
        const { open } = slots[kind];
        return open ? [makeCapability(open)] : [];
      });
    },
    get gpuLoss() {
      return gpuLoss;
    },
    run(request) {
      return slots[request.kind].lane?.run(request) ?? { report: Promise.resolve({ kind: 'stopped' }), stop: () => {} };
    },
    setLoad(kind, load) {
      const slot = slots[kind];
      slot.load = load;
      slot.lane?.setLoad(load);
    },
    useOf(kind) {
      const { lane, open } = slots[kind];
      return open && lane ? lane.useOf() : null;
    },
    destroy() {
      isDestroyed = true;
      pool.onChange = null;
      for (const kind of ENGINE_KINDS) shut(slots[kind], NOT_OPENED, { kind: 'stopped' });
    },
  };
  return pool;
}

function makeSlot(): Slot {
  return {
    turn: 0,
    lane: null,
    open: null,
    none: NOT_OPENED,
    opening: Promise.resolve(),
    load: { workers: 1, rhythm: { targetMs: TARGET_VISIBLE_MS, duty: 1 } },
    isWanted: false,
  };
}

function noneOf({ open, none }: Slot): NoEngine | null {
  return open ? null : none;
}

function makeBrokenStart(fault: unknown): EngineStart {
  return { isOpen: false, reason: 'did-not-start', why: `It did not start: ${fault instanceof Error ? fault.message : String(fault)}` };
}

function makeCapability({ view, maxBufferBytes }: { readonly view: EngineView; readonly maxBufferBytes: number }): EngineCapability {
  const { kind, label, isFallback } = view;
  return { kind, label: label.slice(0, 200), isFallback, maxBufferBytes };
}
