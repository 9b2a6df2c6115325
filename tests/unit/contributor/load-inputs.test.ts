// Inputs that do not come at once: what passes by itself is asked for again within the lease, and nothing is asked for longer than it is needed.
import { describe, expect, test } from 'vitest';
import { LONGEST_LOAD_RETRY_MS, pickLoadRetryMs } from '../../../src/contributor/pick-load-retry.ts';
import { Fault, type FaultCode } from '../../../src/protocol/fault.ts';
import { settle } from '../../support/fake-clock.ts';
import { idleReasonOf, type Scene, type Setting, startScene } from '../../support/runtime-scene.ts';
import { makeAssignment } from '../../support/scripted-coordinator.ts';

const OFFLINE = new Fault('offline', 'The coordinator does not answer.');
const BUSY = new Fault('too-many-requests', 'Wait a little.', { facts: { retryAfterMs: 2_000 } });

describe('when to ask again', () => {
  test.each<FaultCode>(['offline', 'too-many-requests', 'draining', 'storage-failed'])('%s passes', (code) => {
    expect(pickLoadRetryMs(new Fault(code, 'No.'), 0, 0)).toBe(250);
  });

  test.each<FaultCode>(['not-found', 'bad-request', 'too-large', 'upgrade-required', 'internal'])('%s stays', (code) => {
    expect(pickLoadRetryMs(new Fault(code, 'No.'), 0, 0)).toBeNull();
  });

  test('a bug is no fault of the network', () => {
    expect(pickLoadRetryMs(new TypeError('x is undefined'), 0, 0)).toBeNull();
  });

  test('later each time, up to eight seconds', () => {
    expect([0, 1, 2, 3, 4].map((failures) => pickLoadRetryMs(OFFLINE, failures, 0.5))).toEqual([375, 750, 1_500, 3_000, 6_000]);
    expect(pickLoadRetryMs(OFFLINE, 30, 0.999)).toBe(LONGEST_LOAD_RETRY_MS);
  });

  test('not before the coordinator said', () => {
    expect(pickLoadRetryMs(BUSY, 0, 0)).toBe(2_250);
    expect(pickLoadRetryMs(new Fault('too-many-requests', 'No.', { facts: { retryAfterMs: -1 } }), 0, 0)).toBe(250);
  });
});

/** The first blobs asked for meet these faults, one each. */
function failFirst(...faults: readonly Fault[]): Pick<Setting, 'beforeFetch'> {
  const left = [...faults];
  return {
    async beforeFetch() {
      const fault = left.shift();
      if (fault) throw fault;
    },
  };
}

async function assign(scene: Scene, ...leasesMs: readonly number[]): Promise<void> {
  const assignments = leasesMs.map((leaseMs, index) => makeAssignment(scene.stage, index, { leaseMs }));
  await scene.coordinator.say({ type: 'assignments', assignments });
}

const reported = ({ coordinator }: Scene): readonly string[] =>
  coordinator
    .heard('results')
    .flatMap(({ results }) =>
      results.map(({ outcome }) => (outcome.kind === 'failed' ? `${outcome.code}: ${outcome.message}` : outcome.kind)),
    );

describe('a shard whose inputs do not come at once', () => {
  test('waits, and is computed when they do', async () => {
    const scene = await startScene(failFirst(OFFLINE, BUSY));
    await assign(scene, 60_000);
    expect(idleReasonOf(scene)).toBe('loading-inputs');
    await scene.clock.advance(374);
    expect(scene.fetched).toHaveLength(1);
    await scene.clock.advance(1);
    expect(scene.fetched).toHaveLength(2);
    await scene.coordinator.say({ type: 'heartbeat', sentAtMs: 1 });
    await scene.clock.advance(2_749);
    expect(scene.pool.runs).toHaveLength(0);
    await scene.clock.advance(1);
    expect(scene.pool.runs).toHaveLength(1);
    expect(reported(scene)).toEqual([]);
  });

  test('does not fetch again what came', async () => {
    const came = new Fault('offline', 'One of the inputs was lost on the way.');
    let asked = 0;
    const scene = await startScene({
      async beforeFetch() {
        asked += 1;
        if (asked === 3) throw came;
      },
    });
    await assign(scene, 60_000);
    const [manifest, ...inputs] = scene.fetched;
    await scene.clock.advance(375);
    expect(scene.pool.runs).toHaveLength(1);
    expect(scene.fetched).toEqual([manifest, ...inputs, inputs[1]]);
  });

  test('is handed back once the next try would come too late, and no one is asked after that', async () => {
    const scene = await startScene(failFirst(...Array.from({ length: 100 }, () => OFFLINE)));
    await assign(scene, 3_000);
    await scene.clock.advance(1_124);
    expect(reported(scene)).toEqual([]);
    await scene.clock.advance(1_501);
    expect(reported(scene)).toEqual(['inputs-unavailable: The coordinator does not answer.']);
    expect(scene.fetched).toHaveLength(4);
    await scene.clock.advance(5_000);
    expect(scene.fetched).toHaveLength(4);
  });

  test('shares its tries with the other shards of its stage, and each ends with its own lease', async () => {
    const scene = await startScene({ ...failFirst(OFFLINE, OFFLINE, OFFLINE), threads: 2 });
    await assign(scene, 2_000, 60_000);
    await scene.clock.advance(1_749);
    expect(scene.fetched).toHaveLength(3);
    expect(reported(scene)).toEqual([]);
    await scene.clock.advance(1);
    expect(reported(scene)).toEqual(['inputs-unavailable: The inputs of shard 0 did not come before its lease ended.']);
    await scene.clock.advance(875);
    expect(scene.pool.runs.map(({ request }) => request.shard.base)).toEqual([4]);
  });

  test('is handed back before its lease ends when a fetch hangs', async () => {
    const scene = await startScene({ beforeFetch: () => new Promise(() => {}) });
    await assign(scene, 1_000);
    await scene.clock.advance(749);
    expect(reported(scene)).toEqual([]);
    await scene.clock.advance(1);
    expect(reported(scene)).toEqual(['inputs-unavailable: The inputs of shard 0 did not come before its lease ended.']);
  });

  test('is not waited for after a pause', async () => {
    const scene = await startScene(failFirst(...Array.from({ length: 100 }, () => OFFLINE)));
    await assign(scene, 60_000);
    scene.runtime.pause();
    await settle();
    expect(reported(scene)).toEqual(['released']);
    await scene.clock.advance(5_000);
    expect(scene.fetched).toHaveLength(1);
  });
});
