// The runtime at work: hello, want, assignments, inputs, leases, results.
import { describe, expect, test } from 'vitest';
import { WANT_ANSWER_MS } from '../../../src/contributor/ask-for-work.ts';
import type { ContributorStore } from '../../../src/contributor/contributor-store.ts';
import { createMemoryStore } from '../../../src/contributor/memory-store.ts';
import { GATHER_MS } from '../../../src/contributor/outbox.ts';
import { WELCOME_BUDGET_MS } from '../../../src/contributor/runtime.ts';
import { outputRoot } from '../../../src/protocol/merkle.ts';
import { PROTOCOL_VERSION } from '../../../src/protocol/messages.ts';
import { settle } from '../../support/fake-clock.ts';
import { numberWorkgroups } from '../../support/puppet-engine-pool.ts';
import { computeOne, makeScene, startScene } from '../../support/runtime-scene.ts';
import { EXACT_OUTPUT, makeAssignment } from '../../support/scripted-coordinator.ts';

describe('hello and want', () => {
  test('says who it is, then asks for one shard while its speed is unknown', async () => {
    const { coordinator, runtime } = await startScene();
    expect(coordinator.log.map(({ message }) => message.type)).toEqual(['hello', 'want']);
    expect(coordinator.heard('hello')[0]).toMatchObject({
      v: PROTOCOL_VERSION,
      build: 'test',
      capabilities: { threads: 1, engines: [{ kind: 'cpu' }] },
    });
    expect(coordinator.heard('want')[0]).toMatchObject({ count: 1, workgroupsPerSecond: 0 });
    expect(runtime.snapshot().state).toMatchObject({ kind: 'idle', reason: 'asking' });
    expect(runtime.snapshot().transport).toBe('ws');
  });

  test('goes through its starting steps, and is off before and after', async () => {
    const scene = makeScene();
    expect(scene.runtime.snapshot().state).toEqual({ kind: 'off' });
    scene.runtime.start();
    await settle();
    expect(scene.snapshots.map(({ state }) => (state.kind === 'starting' ? state.step : state.kind))).toEqual([
      'engine',
      'account',
      'connecting',
    ]);
    await scene.coordinator.welcome();
    await scene.runtime.stop();
    expect(scene.runtime.snapshot().state).toEqual({ kind: 'off' });
    expect(scene.runtime.snapshot().transport).toBeNull();
  });

  test('asks again when a want stays without an answer, and not before', async () => {
    const { clock, coordinator } = await startScene();
    coordinator.forget();
    await coordinator.say({ type: 'heartbeat', sentAtMs: 1 });
    await clock.advance(WANT_ANSWER_MS - 3_000);
    await coordinator.say({ type: 'heartbeat', sentAtMs: 2 });
    await clock.advance(2_999);
    expect(coordinator.heard('want')).toHaveLength(0);
    await clock.advance(1);
    expect(coordinator.heard('want')).toHaveLength(1);
  });

  test('gives a coordinator up that does not welcome it', async () => {
    const scene = makeScene();
    scene.runtime.start();
    await settle();
    await scene.clock.advance(WELCOME_BUDGET_MS - 1);
    expect(scene.coordinator.connections).toBe(1);
    await scene.clock.advance(1);
    expect(scene.runtime.snapshot().state).toMatchObject({ kind: 'reconnecting', attempt: 1 });
  });

  test('prefetches some seconds of work once the speed is known, asking for it in the message that brings the result', async () => {
    const scene = await startScene();
    const { clock, coordinator, pool, stage } = scene;
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 0)] });
    await clock.advance(1_000);
    coordinator.forget();
    await pool.runs[0]?.done();
    expect(coordinator.heard('results')).toMatchObject([{ wanted: 4, workgroupsPerSecond: 4 }]);
    expect(coordinator.heard('want')).toEqual([]);
  });

  test('asks in no message of results while a question is open, or while it rests', async () => {
    const scene = await startScene();
    const { clock, coordinator, pool, stage, runtime } = scene;
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 0), makeAssignment(stage, 1)] });
    await clock.advance(1_000);
    coordinator.forget();
    await pool.runs[0]?.done();
    await clock.advance(1_000);
    await pool.runs[1]?.done();
    await clock.advance(GATHER_MS);
    expect(coordinator.heard('results').map(({ wanted }) => wanted)).toEqual([3, 0]);
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 2)] });
    coordinator.forget();
    void runtime.pause();
    await clock.advance(GATHER_MS);
    expect(coordinator.heard('results').map(({ wanted }) => wanted)).toEqual([0]);
    expect(coordinator.heard('want')).toEqual([]);
  });

  test('asks again when the question in a message of results is not answered', async () => {
    const scene = await startScene();
    const { clock, coordinator, pool, stage } = scene;
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 0)] });
    await clock.advance(1_000);
    coordinator.forget();
    await pool.runs[0]?.done();
    await clock.advance(WANT_ANSWER_MS - 1);
    expect(coordinator.heard('want')).toEqual([]);
    await clock.advance(1);
    expect(coordinator.heard('want')).toMatchObject([{ count: 4 }]);
  });
});

describe('assignments', () => {
  test('fetches inputs by digest once, slices them for the shard, and computes', async () => {
    const scene = await startScene();
    const { coordinator, pool, stage, fetched, runtime } = scene;
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 1), makeAssignment(stage, 2)] });
    expect(pool.runs).toHaveLength(1);
    const { request } = pool.runs[0]!;
    expect(request.shard).toEqual({ base: 4, count: 4, grid: [64, 1, 1] });
    expect(request.program.inputs.map(({ name, bytes }) => [name, bytes.length])).toEqual([['table', 64]]);
    expect(request.slices).toEqual([{ name: 'rows', bytes: new Uint8Array([4, 5, 6, 7]) }]);
    expect(request.outputs).toEqual([{ name: 'out', bytes: 16 }]);
    expect(runtime.snapshot().state).toEqual({ kind: 'working' });
    await pool.runs[0]?.done();
    expect(pool.runs).toHaveLength(2);
    expect(new Set(fetched).size).toBe(fetched.length);
  });

  test('shows what is computed and how far', async () => {
    const { clock, coordinator, pool, stage, runtime } = await startScene();
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 3)] });
    pool.runs[0]?.request.onProgress(1);
    await clock.advance(100);
    expect(runtime.snapshot().current).toEqual([
      { shard: 1_027, job: 5, index: 3, title: 'A test', fraction: 0.25, manifest: stage.manifest, engine: 'cpu' },
    ]);
  });

  test('runs as many at once as it has workers', async () => {
    const { coordinator, pool, stage } = await startScene({ threads: 2 });
    await coordinator.say({ type: 'assignments', assignments: [0, 1, 2].map((index) => makeAssignment(stage, index)) });
    expect(pool.runs).toHaveLength(2);
    await pool.runs[0]?.done();
    expect(pool.runs).toHaveLength(3);
  });

  test('takes the same assignment only once', async () => {
    const { coordinator, pool, stage } = await startScene({ threads: 2 });
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 0), makeAssignment(stage, 0)] });
    expect(pool.runs).toHaveLength(1);
  });

  test('drops what was not begun before its lease ended, and says so', async () => {
    const { clock, coordinator, pool, stage, runtime } = await startScene();
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 0), makeAssignment(stage, 1, { leaseMs: 1_000 })] });
    await clock.advance(900);
    await pool.runs[0]?.done();
    expect(pool.runs).toHaveLength(1);
    expect(runtime.snapshot().recent.map(({ sentence }) => sentence)).toContain('Shard 1 was not begun before its lease ended.');
  });

  test('begins what has just enough of its lease left, and gives the engine no longer', async () => {
    const { clock, coordinator, pool, stage } = await startScene();
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 0), makeAssignment(stage, 1, { leaseMs: 1_000 })] });
    await clock.advance(750);
    await pool.runs[0]?.done();
    expect(pool.runs[1]?.request.timeoutMs).toBe(250);
  });

  test('reports inputs that cannot be had, without running', async () => {
    const { coordinator, pool, stage } = await startScene();
    (stage.blobs as Map<unknown, unknown>).delete(stage.manifest);
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 0)] });
    expect(pool.runs).toHaveLength(0);
    expect(coordinator.heard('results')[0]?.results[0]?.outcome).toMatchObject({ kind: 'failed', code: 'inputs-unavailable' });
  });

  test('throws away bytes that have another digest', async () => {
    const { coordinator, pool, stage } = await startScene();
    (stage.blobs as Map<unknown, Uint8Array>).set(stage.manifest, new TextEncoder().encode('{"v":1}'));
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 0)] });
    expect(pool.runs).toHaveLength(0);
    expect(coordinator.heard('results')[0]?.results[0]?.outcome).toMatchObject({ kind: 'failed', code: 'inputs-unavailable' });
  });

  test('reports what the engine could not do, and an engine that broke', async () => {
    const { coordinator, pool, stage, runtime } = await startScene();
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 0)] });
    await pool.runs[0]?.end({ kind: 'failed', code: 'gpu-lost', message: 'The GPU was lost.' });
    expect(coordinator.heard('results')[0]?.results[0]?.outcome).toEqual({
      kind: 'failed',
      code: 'gpu-lost',
      message: 'The GPU was lost.',
    });
    expect(runtime.snapshot().recent[0]).toMatchObject({ kind: 'failed', sentence: 'The GPU was lost.' });
    expect(runtime.snapshot().counts).toMatchObject({ computed: 0, unsent: 0 });
  });
});

describe('results', () => {
  test('a small exact result carries its bytes, its root and its mac', async () => {
    const { coordinator, runtime } = await computeOne();
    const envelope = coordinator.log.find(({ message }) => message.type === 'results')!;
    const bytes = numberWorkgroups({ base: 0, count: 4 });
    expect(coordinator.heard('results')[0]?.results[0]).toMatchObject({
      claim: { shard: 1_024 },
      mac: new Uint8Array(16),
      outcome: {
        kind: 'done',
        elapsedMs: 5,
        engine: 'cpu',
        outputs: [{ bytes: 16, payloadOffset: 0, root: outputRoot(EXACT_OUTPUT, bytes) }],
      },
    });
    expect(new Uint8Array(envelope.payload)).toEqual(bytes);
    expect(runtime.snapshot().counts).toMatchObject({ computed: 1, unsent: 1, waiting: 0 });
    expect(runtime.snapshot().latestOutput).toMatchObject({ job: 5, index: 0, base: 0, count: 4, bytes });
  });

  const large = { layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 1_028 }, workgroupsPerLeaf: 4 } as const;

  test.each([
    { what: 'a large exact result keeps its bytes back', comparison: { kind: 'exact' }, pieceBytes: 1_028, isInline: false },
    { what: 'the largest inline one sends them', comparison: { kind: 'exact' }, pieceBytes: 1_024, isInline: true },
    {
      what: 'one compared by value always sends them',
      comparison: { kind: 'tolerance', abs: 1, rel: 0, maxOutlierShare: 0 },
      pieceBytes: 1_028,
      isInline: true,
    },
  ] as const)('$what', async ({ comparison, pieceBytes, isInline }) => {
    const layout = { kind: 'byWorkgroup', bytesPerWorkgroup: pieceBytes } as const;
    const { coordinator, pool, stage } = await startScene({ manifest: { outputs: [{ ...EXACT_OUTPUT, ...large, layout, comparison }] } });
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 0)] });
    await pool.runs[0]?.done(new Uint8Array(pieceBytes * 4));
    const envelope = coordinator.log.find(({ message }) => message.type === 'results')!;
    expect(envelope.payload.length).toBe(isInline ? pieceBytes * 4 : 0);
    const [result] = coordinator.heard('results')[0]!.results;
    expect(result?.outcome.kind === 'done' && result.outcome.outputs[0]?.payloadOffset).toBe(isInline ? 0 : null);
  });

  test('is in the store before it is sent', async () => {
    const store = createMemoryStore();
    let allow = (): void => {};
    const slow: ContributorStore = {
      ...store,
      keepResult: async (result) => {
        await new Promise<void>((resolve) => {
          allow = resolve;
        });
        await store.keepResult(result);
      },
    };
    const { coordinator } = await computeOne({ store: slow });
    expect(coordinator.heard('results')).toHaveLength(0);
    allow();
    await settle();
    await settle();
    expect(coordinator.heard('results')).toHaveLength(1);
  });

  test('is sent all the same where nothing can be stored', async () => {
    const store: ContributorStore = { ...createMemoryStore(), keepResult: () => Promise.reject(new Error('full')) };
    const { coordinator } = await computeOne({ store });
    expect(coordinator.heard('results')).toHaveLength(1);
  });

  test('gathers what finishes while receipts are missing into one message', async () => {
    const { clock, coordinator, pool, stage } = await computeOne({ threads: 3 });
    await coordinator.say({ type: 'assignments', assignments: [1, 2].map((index) => makeAssignment(stage, index)) });
    await pool.runs[1]?.done();
    await pool.runs[2]?.done();
    expect(coordinator.heard('results')).toHaveLength(1);
    await clock.advance(100);
    expect(coordinator.heard('results').map(({ results }) => results.length)).toEqual([1, 2]);
  });
});
