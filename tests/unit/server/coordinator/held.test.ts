// Hand-outs that an operator stops and lets go on, jobs that an operator ends, and what the core tells of its devices and votes.
import { expect, test } from 'vitest';
import { countVotes, listDevices } from '../../../../server/coordinator/count-state.ts';
import { createState } from '../../../../server/coordinator/state.ts';
import { CoreDriver, SECRET } from '../../../support/core-driver.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';

test('while held nothing is handed out, results are still taken, and afterwards those who wait are served at once', () => {
  const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 4, quorum: 1 })] });
  core.join(1);
  core.join(2);
  const [mine] = core.want(1);
  core.post({ type: 'held', isHeld: true });
  expect(core.want(2)).toEqual([]);
  expect(core.last(2, 'idle')?.reason).toBe('draining');
  core.answer(1, mine!, 7);
  expect(core.pays()).toHaveLength(1);
  core.tick(1_000);
  expect(core.assignments(2)).toEqual([]);
  core.post({ type: 'held', isHeld: false });
  expect(core.assignments(2)).toHaveLength(1);
});

test('a failed commit does not let hand-outs go on', () => {
  const core = new CoreDriver();
  core.post({ type: 'held', isHeld: true });
  const again = createState({
    epoch: 1,
    macSecret: SECRET,
    loaded: { jobs: [], shards: [], votes: [], devices: [] },
    previous: core.state,
  });
  expect(again.isHeld).toBe(true);
});

test('a job that an operator ends says why, and what was not paid goes back', () => {
  const job = makeJobRecord({ workgroups: 1 });
  const core = new CoreDriver({ jobs: [job] });
  const reason = { code: 'cancelled', sentence: 'The operator ended it.' } as const;
  core.post({ type: 'job-cancelled', job: job.id, reason });
  expect(core.changesOf('job-ended')).toMatchObject([{ state: 'cancelled', reason }]);
  expect(core.changesOf('transfer')).toMatchObject([{ transfer: { kind: 'refund', job: job.id } }]);
});

test('devices are told once each, votes that wait and differ are counted', () => {
  const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 2, quorum: 2 })] });
  core.join(1);
  core.join(11, { account: 1, device: 1 });
  core.join(2, { kind: 'gpu' });
  expect(listDevices(core.state).map(({ device, capabilities }) => [device, capabilities.engines[0]?.kind])).toEqual([
    [1, 'cpu'],
    [2, 'gpu'],
  ]);
  expect(countVotes(core.state)).toEqual({ waiting: 0, disputed: 0 });
  core.answer(11, core.want(11)[0]!, 7);
  expect(countVotes(core.state)).toEqual({ waiting: 1, disputed: 0 });
  core.answer(2, core.want(2)[0]!, 8);
  expect(countVotes(core.state)).toEqual({ waiting: 2, disputed: 1 });
});
