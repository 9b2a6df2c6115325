// From results to verdicts: votes, bytes, payments, and each refusal of an assignment.
import { describe, expect, it } from 'vitest';
import { CoreDriver } from '../../../support/core-driver.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';

const TOLERANCE = { kind: 'tolerance', abs: 2, rel: 0, maxOutlierShare: 0 } as const;

describe('a shard of an exact job', () => {
  it('is final, stored and paid when two accounts agree', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    core.join(1);
    core.join(2);
    const [first] = core.want(1);
    const [second] = core.want(2);
    core.answer(1, first!, 9);
    expect(core.last(1, 'receipts')?.receipts[0]).toMatchObject({ verdict: 'pending', vote: 'waiting', refusal: null });
    core.answer(2, second!, 9);
    expect(core.last(2, 'receipts')?.receipts[0]).toMatchObject({ verdict: 'final', vote: 'agreed' });
    expect(core.changesOf('shard-judged').at(-1)).toMatchObject({ verdict: 'final', digest: core.changesOf('vote-cast')[0]!.digest });
    expect(core.changesOf('shard-judged').at(-1)?.outputs?.[0]?.bytes).toEqual(new Uint8Array(8).fill(9));
    const pays = core
      .changesOf('transfer')
      .map((change) => change.transfer)
      .filter((transfer) => transfer.kind === 'pay');
    expect(pays.map((pay) => [pay.contributor, pay.amount])).toEqual([
      [1, 1_000n],
      [2, 1_000n],
    ]);
    expect(core.last(1, 'credited')?.shards[0]?.amount).toBe(1_000n);
    expect(core.changesOf('job-ended')[0]).toMatchObject({ state: 'done' });
    expect(core.state.jobs.size).toBe(0);
  });

  it('votes by digest first and asks one holder for the bytes, then the next', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    for (const session of [1, 2]) core.join(session);
    const copies = [core.want(1)[0]!, core.want(2)[0]!];
    core.answer(1, copies[0]!, 9, false);
    core.answer(2, copies[1]!, 9, false);
    expect(core.changesOf('shard-judged').at(-1)?.verdict).toBe('provisional');
    expect(core.take(1, 'bytes-wanted')).toHaveLength(1);
    expect(core.take(2, 'bytes-wanted')).toHaveLength(0);
    core.tick(10_000);
    expect(core.take(2, 'bytes-wanted')).toHaveLength(1);
    core.sendBytes(2, 9);
    expect(core.changesOf('shard-judged').at(-1)?.verdict).toBe('final');
    expect(core.changesOf('transfer').filter((change) => change.transfer.kind === 'pay')).toHaveLength(2);
  });

  it('voids votes whose bytes nobody gives, and hands copies out again', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    for (const session of [1, 2]) core.join(session);
    core.answer(1, core.want(1)[0]!, 9, false);
    core.answer(2, core.want(2)[0]!, 9, false);
    core.sendBytes(1, 8);
    core.sendBytes(2, 8);
    expect(core.changesOf('vote-settled').map((change) => change.state)).toEqual(['withheld', 'withheld']);
    expect(core.changesOf('transfer')).toHaveLength(0);
    core.join(3);
    core.join(4);
    core.answer(3, core.want(3)[0]!, 9);
    core.answer(4, core.want(4)[0]!, 9);
    expect(core.changesOf('job-ended')[0]?.state).toBe('done');
  });

  it('widens a tie, pays who agreed and nothing to the liar', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    for (const session of [1, 2, 3]) core.join(session);
    core.answer(1, core.want(1)[0]!, 66);
    core.answer(2, core.want(2)[0]!, 9);
    expect(core.changesOf('shard-judged')).toHaveLength(0);
    core.answer(3, core.want(3)[0]!, 9);
    const pays = core
      .changesOf('transfer')
      .map((change) => change.transfer)
      .filter((transfer) => transfer.kind === 'pay');
    expect(pays.map((pay) => pay.contributor)).toEqual([2, 3]);
    expect(core.last(1, 'settled')?.shards[0]?.vote).toBe('outvoted');
    expect(core.changesOf('device-judged').find((change) => change.device === 1)).toMatchObject({ outvotedExact: 1, verified: 0 });
  });

  it('is given up after maxCopies that never agree, and the rest is refunded', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1, maxCopies: 3 })] });
    for (const session of [1, 2, 3]) {
      core.join(session);
      core.answer(session, core.want(session)[0]!, session);
    }
    expect(core.changesOf('shard-judged').at(-1)?.verdict).toBe('failed');
    expect(core.changesOf('job-ended')[0]).toMatchObject({ state: 'failed', reason: { code: 'program-not-deterministic' } });
    expect(core.changesOf('transfer').map((change) => change.transfer.kind)).toEqual(['refund']);
  });

  it('counts one vote an account, however often it is sent', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    core.join(1);
    const [assignment] = core.want(1);
    core.answer(1, assignment!, 9);
    core.answer(1, assignment!, 9);
    expect(core.changesOf('vote-cast')).toHaveLength(1);
    expect(core.changesOf('shard-judged')).toHaveLength(0);
  });

  it('answers what became of it for a shard that is final already, without a vote or a payment', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 2, quorum: 1 })] });
    core.join(1);
    core.join(2);
    const [assignment] = core.want(1);
    core.answer(1, assignment!, 9);
    const changes = core.changes.length;
    core.answer(1, assignment!, 9);
    expect(core.last(1, 'receipts')?.receipts[0]).toMatchObject({ verdict: 'final', vote: 'agreed' });
    expect(core.changes).toHaveLength(changes);
  });
});

describe('a shard compared within a tolerance', () => {
  it('accepts copies that differ by less, and stores one that somebody sent', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1, comparison: TOLERANCE })] });
    for (const session of [1, 2]) core.join(session);
    core.answer(1, core.want(1)[0]!, 10);
    core.answer(2, core.want(2)[0]!, 12);
    const final = core.changesOf('shard-judged').at(-1);
    expect(final?.verdict).toBe('final');
    expect([10, 12]).toContain(final?.outputs?.[0]?.bytes[0]);
    expect(core.changesOf('vote-cast').every((change) => change.outputs !== null)).toBe(true);
  });

  it('cuts the trust of a copy outside it and never suspends by that alone', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 8, comparison: TOLERANCE })] });
    for (const session of [1, 2, 3]) core.join(session);
    for (let shard = 0; shard < 6; shard++) {
      core.answer(1, core.want(1)[0]!, 99);
      core.answer(2, core.want(2)[0]!, 10);
      core.answer(3, core.want(3)[0]!, 10);
    }
    expect(
      core.changesOf('device-judged').filter((change) => change.device === 1 && change.outvotedTolerance === 1).length,
    ).toBeGreaterThanOrEqual(4);
    expect(core.want(1)).toHaveLength(1);
  });

  it('refuses a result without its bytes and hands the copy out again', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1, comparison: TOLERANCE })] });
    core.join(1);
    core.answer(1, core.want(1)[0]!, 10, false);
    expect(core.last(1, 'receipts')?.receipts[0]?.refusal?.code).toBe('bad-message');
    expect(core.changesOf('vote-cast')).toHaveLength(0);
    expect(core.want(1)).toHaveLength(1);
  });
});

describe('an assignment', () => {
  const start = () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 4 })] });
    core.join(1);
    core.join(2);
    return { core, assignment: core.want(1)[0]! };
  };

  it('is refused when forged', () => {
    const { core, assignment } = start();
    const forged = { ...assignment, claim: { ...assignment.claim, copy: 5 } };
    core.answer(1, forged, 9);
    expect(core.last(1, 'receipts')?.receipts[0]?.refusal?.code).toBe('bad-assignment');
    expect(core.changesOf('vote-cast')).toHaveLength(0);
  });

  it('is refused from another device', () => {
    const { core, assignment } = start();
    core.answer(2, assignment, 9);
    expect(core.last(2, 'receipts')?.receipts[0]?.refusal?.code).toBe('bad-assignment');
  });

  it('is refused more than seven days after its lease, and taken until then', () => {
    const { core, assignment } = start();
    core.nowMs = assignment.claim.expiresAtMs + 7 * 86_400_000;
    core.answer(1, assignment, 9);
    expect(core.last(1, 'receipts')?.receipts[0]?.refusal).toBeNull();
    const again = start();
    again.core.nowMs = again.assignment.claim.expiresAtMs + 7 * 86_400_000 + 1;
    again.core.answer(1, again.assignment, 9);
    expect(again.core.last(1, 'receipts')?.receipts[0]?.refusal?.code).toBe('bad-assignment');
  });
});
