// Whatever a crowd does, in whatever order: nothing is stranded, leaked, paid twice or paid for a lie, and every job ends.
import { describe, expect, it } from 'vitest';
import type { Assignment } from '../../../../src/protocol/assignment.ts';
import type { AccountId, JobId } from '../../../../src/protocol/ids.ts';
import type { Comparison } from '../../../../src/protocol/job.ts';
import type { Likes } from '../../../../src/protocol/likes.ts';
import { FAILURES } from '../../../../src/protocol/result.ts';
import { checkJobs, checkMoney, checkSessions } from '../../../support/check-core.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';
import { type CrowdDevice, RandomCrowd, TRUTH } from '../../../support/random-crowd.ts';

const SEEDS = 200;
const STEPS = 250;
const TOLERANCE: Comparison = { kind: 'tolerance', abs: 2, rel: 0, maxOutlierShare: 0 };
const JOBS = [10, 30, 50] as JobId[];
const CLOCK_JUMPS_MS = [0, 500, 500, 500, 5_000, 10_000, 61_000, 130_000];

function makeCrowd(seed: number): RandomCrowd {
  const crowd = new RandomCrowd(seed);
  crowd.openJob(makeJobRecord({ id: 10, workgroups: 1 + crowd.below(12), quorum: 1 + crowd.below(2) }));
  crowd.openJob(makeJobRecord({ id: 30, workgroups: 1 + crowd.below(8), comparison: TOLERANCE, maxCopies: 2 + crowd.below(4) }));
  crowd.openJob(makeJobRecord({ id: 50, workgroups: 5, hasModule: false }));
  // two devices of one account, two accounts of one range, liars on both sides
  const range = '203.0.113.0/24';
  crowd.add({ device: 1, account: 1, range: null, kind: 'cpu', isHonest: true });
  crowd.add({ device: 2, account: 1, range: null, kind: 'gpu', isHonest: true });
  crowd.add({ device: 3, account: 3, range, kind: 'gpu', isHonest: true });
  crowd.add({ device: 4, account: 4, range, kind: 'cpu', isHonest: false });
  crowd.add({ device: 5, account: 5, range: null, kind: 'gpu', isHonest: false });
  crowd.add({ device: 6, account: 6, range: null, kind: 'gpu', isHonest: true });
  for (const device of crowd.devices) crowd.join(device);
  return crowd;
}

/** What may happen, and how often in a hundred. */
const ACTIONS: readonly {
  readonly name: string;
  readonly share: number;
  readonly run: (crowd: RandomCrowd, device: CrowdDevice) => unknown;
}[] = [
  { name: 'join', share: 8, run: (crowd, device) => device.sessions.length < 2 && crowd.join(device) },
  { name: 'close', share: 3, run: (crowd, device) => crowd.close(device) },
  { name: 'want', share: 22, run: (crowd, device) => crowd.want(device, 1 + crowd.below(5)) },
  { name: 'answer', share: 32, run: (crowd) => withHeld(crowd, (device, held) => crowd.answer(device, held, crowd.random() < 0.4)) },
  { name: 'fail', share: 3, run: (crowd) => withHeld(crowd, (device, held) => crowd.fail(device, held, crowd.pick(FAILURES)!)) },
  { name: 'release', share: 1, run: (crowd, device) => crowd.release(device) },
  { name: 'likes', share: 3, run: (crowd, device) => crowd.prefer(device, pickLikes(crowd)) },
  { name: 'bytes', share: 12, run: (crowd) => giveBytes(crowd) },
  { name: 'clock', share: 10, run: (crowd) => crowd.clock(crowd.pick(CLOCK_JUMPS_MS)!) },
  { name: 'failed commit', share: 2, run: (crowd) => crowd.restart(false) },
  { name: 'restart', share: 1, run: (crowd) => crowd.restart(true) },
  { name: 'storage', share: 2, run: (crowd) => crowd.post({ type: 'storage-low', isLow: crowd.random() < 0.2 }) },
  { name: 'cancel', share: 1, run: (crowd) => crowd.random() < 0.2 && crowd.post({ type: 'job-cancelled', job: crowd.pick(JOBS)! }) },
];

function pickLikes(crowd: RandomCrowd): Likes {
  const some = () => JOBS.filter(() => crowd.random() < 0.3);
  const blockedRequesters = crowd.random() < 0.1 ? [100 as AccountId] : [];
  return { pinnedJobs: some(), blockedJobs: some(), blockedRequesters, minRate: crowd.pick([0, 0, 900_000, 2_000_000])! };
}

function withHeld(crowd: RandomCrowd, run: (device: CrowdDevice, held: Assignment) => void): void {
  const device = crowd.pick(crowd.devices.filter((candidate) => candidate.held.length > 0));
  const held = device && crowd.pick(device.held);
  if (device && held) run(device, held);
}

function giveBytes(crowd: RandomCrowd): void {
  const device = crowd.pick(crowd.devices.filter((candidate) => candidate.asked.length > 0));
  if (device) crowd.giveBytes(device, crowd.random() < 0.7);
}

function act(crowd: RandomCrowd): string {
  const device = crowd.pick(crowd.devices) as CrowdDevice;
  let dice = crowd.below(100);
  for (const { name, share, run } of ACTIONS) {
    dice -= share;
    if (dice >= 0) continue;
    run(crowd, device);
    return name;
  }
  return 'nothing';
}

/** Two honest devices join and work: nothing may be left. */
function finish(crowd: RandomCrowd): void {
  for (const device of crowd.devices) while (device.sessions.length > 0) crowd.close(device);
  crowd.post({ type: 'storage-low', isLow: false });
  const honest = [90, 91].map((id) => crowd.add({ device: id, account: id, range: null, kind: 'gpu', isHonest: true }));
  for (const device of honest) crowd.join(device);
  for (let round = 0; round < 200 && crowd.state.jobs.size > 0; round++) {
    for (const device of honest) {
      crowd.want(device, 8);
      for (const assignment of [...device.held]) crowd.answer(device, assignment, true);
      while (device.asked.length > 0) crowd.giveBytes(device, true);
    }
    crowd.clock(5_000);
  }
}

describe('a random crowd', () => {
  it(`strands, leaks and overpays nothing in ${SEEDS} runs of ${STEPS} events`, () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const crowd = makeCrowd(seed);
      const trail: string[] = [];
      try {
        while (trail.length < STEPS) {
          trail.push(act(crowd));
          checkJobs(crowd.state);
          checkSessions(crowd.state);
          if (crowd.random() < 0.7) crowd.commit();
        }
        finish(crowd);
        checkMoney(crowd.changes, crowd.records, TRUTH);
        expect([...crowd.state.jobs.keys()]).toEqual([]);
      } catch (cause) {
        throw new Error(`Seed ${seed}, after ${trail.length} events (${trail.slice(-6).join(', ')}).`, { cause });
      }
    }
  });
});
