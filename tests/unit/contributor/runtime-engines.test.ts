// The runtime with two engines: what runs where, switches and sliders, an engine that is lost or missing, and what the coordinator is told.
import { describe, expect, test } from 'vitest';
import { settle } from '../../support/fake-clock.ts';
import { makePuppetView } from '../../support/puppet-engine-pool.ts';
import { idleReasonOf, makeScene, type Scene, startScene } from '../../support/runtime-scene.ts';
import { makeAssignment } from '../../support/scripted-coordinator.ts';

const BOTH = { engines: ['gpu', 'cpu'] } as const;
const LOST = { reason: 'gpu-lost-twice', why: 'The GPU was lost twice.' } as const;

const assign = ({ coordinator, stage }: Scene, ...indexes: readonly number[]): Promise<void> =>
  coordinator.say({ type: 'assignments', assignments: indexes.map((index) => makeAssignment(stage, index)) });
const outcomesOf = ({ coordinator }: Scene) =>
  coordinator.heard('results').flatMap(({ results }) => results.map(({ outcome }) => outcome.kind));
const lastHello = ({ coordinator }: Scene) =>
  coordinator
    .heard('hello')
    .at(-1)
    ?.capabilities.engines.map(({ kind }) => kind);

/** After a connection was closed to be opened anew. */
async function comeBack(scene: Scene): Promise<void> {
  await scene.clock.advance(1_000);
  await scene.coordinator.welcome();
}

describe('two engines', () => {
  test('are both told of, both compute, and a result names the one that computed it', async () => {
    const scene = await startScene({ ...BOTH, threads: 2 });
    expect(lastHello(scene)).toEqual(['gpu', 'cpu']);
    expect(scene.coordinator.heard('want')[0]?.count).toBe(3);
    await assign(scene, 0, 1, 2, 3);
    expect(scene.pool.runs.map(({ request }) => request.kind)).toEqual(['gpu', 'cpu', 'cpu']);
    expect(scene.runtime.snapshot().current.map(({ engine }) => engine)).toEqual(['gpu', 'cpu', 'cpu']);
    await scene.pool.runs[1]?.done();
    await scene.pool.runs[0]?.done();
    await scene.clock.advance(200);
    const engines = scene.coordinator
      .heard('results')
      .flatMap(({ results }) => results.map(({ outcome }) => outcome.kind === 'done' && outcome.engine));
    expect(engines).toEqual(['cpu', 'gpu']);
    expect(scene.pool.runs[3]?.request.kind).toBe('cpu');
  });

  test('a shard without a module runs on the GPU alone, however free the CPU is', async () => {
    const scene = await startScene({ ...BOTH, manifest: { module: null } });
    await assign(scene, 0, 1);
    expect(scene.pool.runs.map(({ request }) => request.kind)).toEqual(['gpu']);
    await scene.pool.runs[0]?.done();
    expect(scene.pool.runs.map(({ request }) => request.kind)).toEqual(['gpu', 'gpu']);
  });

  test('a shard that no open engine can run goes straight back', async () => {
    const scene = await startScene({ manifest: { module: null } });
    await assign(scene, 0);
    expect(scene.pool.runs).toHaveLength(0);
    expect(outcomesOf(scene)).toEqual(['released']);
    const small = await startScene({ ...BOTH, maxBufferBytes: 10 });
    await assign(small, 0);
    expect(outcomesOf(small)).toEqual(['released']);
  });

  test('one switched off: its shard moves to the other, and the coordinator is told anew; the sliders reach each its own', async () => {
    const scene = await startScene(BOTH);
    await assign(scene, 0);
    expect(scene.pool.runs[0]?.request.kind).toBe('gpu');
    scene.runtime.setSettings({ gpu: { isOn: false } });
    await settle();
    expect(scene.pool.runs.map(({ request }) => request.kind)).toEqual(['gpu', 'cpu']);
    await comeBack(scene);
    expect(lastHello(scene)).toEqual(['cpu']);
    expect(scene.runtime.snapshot()).toMatchObject({ engines: { gpu: null }, missing: { gpu: { reason: 'switched-off' } } });
    scene.runtime.setSettings({ gpu: { isOn: true, duty: 0.3 }, cpu: { share: 0.5, threads: 4 } });
    await settle();
    await comeBack(scene);
    expect(lastHello(scene)).toEqual(['gpu', 'cpu']);
    expect(scene.pool.loads).toMatchObject({ gpu: { workers: 1, duty: 0.3 }, cpu: { workers: 2, duty: 1 } });
  });

  test('both off: everything goes back and the rule says so; one on again, it goes on', async () => {
    const scene = await startScene(BOTH);
    await assign(scene, 0, 1);
    scene.runtime.setSettings({ gpu: { isOn: false }, cpu: { isOn: false } });
    await settle();
    expect(outcomesOf(scene)).toEqual(['released', 'released']);
    expect(idleReasonOf(scene)).toBe('engines-off');
    scene.runtime.setSettings({ cpu: { isOn: true } });
    await settle();
    await comeBack(scene);
    expect(idleReasonOf(scene)).toBe('asking');
  });

  test('a GPU lost for good leaves the CPU computing, with a note; with the CPU off it says what to do', async () => {
    const scene = await startScene(BOTH);
    await assign(scene, 0);
    scene.pool.become('gpu', LOST);
    await settle();
    expect(scene.pool.runs.map(({ request }) => request.kind)).toEqual(['gpu', 'cpu']);
    expect(scene.runtime.snapshot().recent[0]).toMatchObject({ kind: 'note', sentence: LOST.why, facts: { engineReason: LOST.reason } });
    scene.runtime.setSettings({ cpu: { isOn: false } });
    await settle();
    expect(idleReasonOf(scene)).toBe('no-gpu');
    scene.pool.become('gpu', makePuppetView('gpu'));
    await settle();
    await comeBack(scene);
    expect(idleReasonOf(scene)).toBe('asking');
  });

  test('a device with a GPU only, and none to be had, says so from the start and connects when it has one', async () => {
    const scene = makeScene({ engines: [], settings: { cpu: { isOn: false } } });
    scene.runtime.start();
    await settle();
    expect(idleReasonOf(scene)).toBe('no-gpu');
    expect(scene.coordinator.connections).toBe(0);
    scene.pool.absent.cpu = null;
    scene.runtime.setSettings({ cpu: { isOn: true } });
    await settle();
    expect(scene.coordinator.connections).toBe(1);
  });

  test('no engine at all stops it with a sentence', async () => {
    const scene = makeScene({ engines: [] });
    scene.runtime.start();
    await settle();
    expect(scene.runtime.snapshot().state).toEqual({
      kind: 'stopped',
      fault: { code: 'internal', sentence: 'No engine could be started here: This puppet has none.' },
    });
  });

  test('shows what was measured, of the GPU and of all threads, and shows it fade', async () => {
    const scene = await startScene({ ...BOTH, threads: 4 });
    scene.pool.use = { gpu: { busyWorkers: 0.2, isSteppingBack: false }, cpu: { busyWorkers: 1, isSteppingBack: true } };
    await assign(scene, 0);
    await scene.clock.advance(100);
    expect(scene.snapshots.at(-1)?.measured).toEqual({ gpuPercent: 20, cpuPercent: 25, isSteppingBack: true });
    await scene.runtime.pause();
    scene.pool.use = { gpu: { busyWorkers: 0, isSteppingBack: false }, cpu: { busyWorkers: 0, isSteppingBack: false } };
    await scene.clock.advance(500);
    expect(scene.snapshots.at(-1)?.measured).toEqual({ gpuPercent: 0, cpuPercent: 0, isSteppingBack: false });
  });

  test('a cap on the share cannot be passed', async () => {
    const scene = await startScene({ ...BOTH, maxShare: 0.6, settings: { gpu: { duty: 1 } } });
    scene.runtime.setSettings({ gpu: { duty: 0.9 }, cpu: { share: 1 } });
    expect(scene.runtime.snapshot().settings).toMatchObject({ gpu: { duty: 0.6 }, cpu: { share: 0.6 } });
    expect(scene.pool.loads.gpu.duty).toBe(0.6);
    scene.runtime.setSettings({ gpu: { duty: 0.1 } });
    expect(scene.pool.loads.gpu.duty).toBe(0.1);
  });
});
