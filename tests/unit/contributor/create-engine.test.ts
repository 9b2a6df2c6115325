// The inside of an engine worker: outputs cleared for every shard, writable inputs given anew, failures named.
import { describe, expect, test } from 'vitest';
import { createEngine } from '../../../src/contributor/create-engine.ts';
import type { EngineNews } from '../../../src/contributor/engine-api.ts';
import { type Backend, type BufferInit, EngineError } from '../../../src/engine/backend.ts';
import type { Digest } from '../../../src/protocol/ids.ts';

const KEY = 'k' as Digest;
const WISH = { kind: 'cpu', softwareGpu: 'avoid', powerPreference: 'low-power' } as const;

interface Over {
  readonly dispatch?: () => Promise<void>;
  readonly prepare?: () => never;
  /** How long a probe takes. */
  readonly probe?: () => number;
}

function makeEngine(over: Over = {}) {
  const given: [string, [string, number][]][] = [];
  const news: EngineNews[] = [];
  const ended: string[] = [];
  let turns = 0;
  let nowMs = 0;
  const note = (what: string, buffers: ReadonlyMap<string, BufferInit>): void => {
    given.push([what, [...buffers].map(([name, init]) => [name, 'bytes' in init ? init.bytes.length : -init.zeroBytes])]);
  };
  const busy: Extract<EngineNews, { kind: 'busy' }>[] = [];
  const backend: Backend = {
    kind: 'cpu',
    label: 'fake',
    destroy: () => {},
    async probe() {
      nowMs += over.probe?.() ?? 1;
    },
    async prepare() {
      over.prepare?.();
      return {
        destroy: () => ended.push('program'),
        async bind(buffers) {
          note('bind', buffers);
          return {
            async dispatch() {
              nowMs += 60;
              await over.dispatch?.();
            },
            read: async () => new Uint8Array([1, 2, 3, 4]),
            reset: async (next) => note('reset', next),
            destroy: () => ended.push('bound'),
          };
        },
      };
    },
  };
  const engine = createEngine({
    chooseEngine: async () => ({
      backend,
      view: { kind: 'cpu', label: 'fake', isFallback: false, reason: 'cpu', why: 'A test.' },
      maxBufferBytes: 1,
    }),
    nowMs: () => nowMs,
    sleepMs: async (ms) => {
      nowMs += ms;
    },
    yieldTurn: async () => {
      turns++;
    },
    tell: (item) => (item.kind === 'busy' ? busy.push(item) : news.push(item)),
  });
  return { engine, given, news, busy, ended, turns: () => turns };
}

const PROGRAM = {
  key: KEY,
  source: {
    wgsl: '',
    module: null,
    reflection: {
      bindings: [
        { name: 'state', access: 'read_write' },
        { name: 'table', access: 'read' },
      ],
    } as never,
  },
  inputs: [
    { name: 'table', bytes: new Uint8Array(8) },
    { name: 'state', bytes: new Uint8Array(4) },
  ],
};
const REQUEST = {
  key: KEY,
  shard: { base: 0, count: 4, grid: [4, 1, 1] as const },
  slices: [{ name: 'rows', bytes: new Uint8Array(2) }],
  outputs: [{ name: 'out', bytes: 16 }],
};

describe('a shard', () => {
  test('gets all buffers at first, then only what must be fresh', async () => {
    const { engine, given } = makeEngine();
    await engine.start(WISH);
    expect(await engine.load(PROGRAM)).toBeNull();
    expect(await engine.run(REQUEST)).toMatchObject({ kind: 'done', outputs: [{ name: 'out', bytes: new Uint8Array([1, 2, 3, 4]) }] });
    await engine.run(REQUEST);
    expect(given).toEqual([
      [
        'bind',
        [
          ['table', 8],
          ['state', 4],
          ['out', -16],
          ['rows', 2],
        ],
      ],
      [
        'reset',
        [
          ['out', -16],
          ['rows', 2],
          ['state', 4],
        ],
      ],
    ]);
  });

  test('lets messages in after every slice, tells progress now and then, and stops when told', async () => {
    const { engine, news, turns } = makeEngine({ dispatch: async () => void (turns() === 2 && (await engine.stop())) });
    await engine.start(WISH);
    await engine.load(PROGRAM);
    expect(await engine.run(REQUEST)).toEqual({ kind: 'stopped' });
    expect(turns()).toBe(3);
    expect(news).toEqual([{ kind: 'progress', doneWorkgroups: 2 }]);
    expect(await engine.run({ ...REQUEST, shard: { ...REQUEST.shard, count: 1 } })).toMatchObject({ kind: 'done' });
  });

  test('of a program that is not loaded is refused', async () => {
    const { engine } = makeEngine();
    await engine.start(WISH);
    expect(await engine.run(REQUEST)).toMatchObject({ kind: 'failed', code: 'program-trap' });
  });

  test('unload frees program and buffers', async () => {
    const { engine, ended } = makeEngine();
    await engine.start(WISH);
    await engine.load(PROGRAM);
    await engine.run(REQUEST);
    await engine.unload(KEY);
    expect(ended).toEqual(['bound', 'program']);
  });
});

describe('failures', () => {
  test.each([
    [new EngineError('device-lost', 'gone'), 'gpu-lost'],
    [new EngineError('out-of-memory', 'full'), 'out-of-memory'],
    [new EngineError('out-of-fuel', 'long'), 'timed-out'],
    [new EngineError('buffer-too-small', 'small'), 'program-trap'],
    [new RangeError('Array buffer allocation failed'), 'out-of-memory'],
    [new RangeError('something else'), 'program-trap'],
    [new WebAssembly.RuntimeError('unreachable'), 'program-trap'],
  ])('%s while running is %s', async (error, code) => {
    const { engine } = makeEngine({ dispatch: () => Promise.reject(error) });
    await engine.start(WISH);
    await engine.load(PROGRAM);
    expect(await engine.run(REQUEST)).toMatchObject({ kind: 'failed', code, message: error.message });
  });

  test.each([
    [Object.assign(new Error('not that'), { code: 'unsupported' }), 'unsupported'],
    [Object.assign(new Error('not so'), { code: 'syntax' }), 'compile-failed'],
    [new EngineError('program', 'Line 3'), 'compile-failed'],
  ])('%s while loading is %s', async (error, code) => {
    const { engine } = makeEngine({
      prepare: () => {
        throw error;
      },
    });
    await engine.start(WISH);
    expect(await engine.load(PROGRAM)).toMatchObject({ kind: 'failed', code });
  });
});

describe('manners', () => {
  test('it halves its duty where the same work takes longer than it can, unless it lends everything or need not be polite', async () => {
    for (const [rhythm, expected] of [
      [{ targetMs: 16, duty: 0.5, isPolite: true }, true],
      [{ targetMs: 16, duty: 1, isPolite: true }, false],
      [{ targetMs: 16, duty: 0.5 }, false],
    ] as const) {
      let probes = 0;
      const { engine, busy } = makeEngine({ probe: () => (probes++ < 3 ? 1 : 5) });
      await engine.start(WISH);
      await engine.load(PROGRAM);
      await engine.setRhythm(rhythm);
      await engine.run({ ...REQUEST, shard: { base: 0, count: 64, grid: [64, 1, 1] } });
      await engine.run({ ...REQUEST, shard: { base: 0, count: 64, grid: [64, 1, 1] } });
      expect(busy.some(({ isSteppingBack }) => isSteppingBack)).toBe(expected);
      const last = busy.at(-1)!;
      const asked = rhythm.duty * (expected ? 0.5 : 1);
      expect(Math.abs(last.busyMs / last.spanMs - asked)).toBeLessThan(0.12);
    }
  });
});
