// One device, one account, one address range: a voice counts once, also over late results, second connections and reloads.
import { describe, expect, it } from 'vitest';
import { CoreDriver } from '../../../support/core-driver.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';

const RANGE = '203.0.113.0/24';

describe('two accounts behind one address range', () => {
  it('cannot agree by letting a lease run out', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    core.join(1, { range: RANGE });
    core.join(2, { range: RANGE });
    const [one] = core.want(1);
    core.close(1);
    core.tick(5_000);
    const [two] = core.want(2);
    core.join(11, { account: 1, device: 1, range: RANGE });
    core.answer(2, two!, 66);
    core.answer(11, one!, 66);
    expect(core.lastReceipt(11)?.vote).toBe('late');
    expect(core.changesOf('vote-cast')).toHaveLength(1);
    core.join(3);
    expect(core.want(3)).toHaveLength(1);
  });

  it('are still known as one after a restart', () => {
    const job = makeJobRecord({ workgroups: 1 });
    const before = new CoreDriver({ jobs: [job] });
    before.join(1, { range: RANGE });
    before.answer(1, before.want(1)[0]!, 66);
    const votes = before.changesOf('vote-cast').map(({ kind: _, atMs: __, ...vote }) => vote);
    const after = new CoreDriver({ epoch: 2, loaded: { jobs: [job], votes } });
    after.join(2, { range: RANGE });
    expect(after.want(2)).toHaveLength(0);
    expect(after.last(2, 'idle')?.reason).toBe('one-copy-an-address');
    after.join(3);
    expect(after.want(3)).toHaveLength(1);
  });

  it('count as one when the late result comes first', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    core.join(1, { range: RANGE });
    core.join(2, { range: RANGE });
    const [one] = core.want(1);
    core.tick(one!.leaseMs);
    const [two] = core.want(2);
    core.answer(1, one!, 66);
    core.answer(2, two!, 66);
    expect(core.changesOf('vote-cast')).toHaveLength(1);
    core.join(3);
    core.join(4);
    expect(core.want(3)).toHaveLength(1);
    expect(core.want(4)).toHaveLength(0);
  });
});

describe('an account with several devices', () => {
  it('makes room for another when it brings a copy although a result from before a restart has voted for it', () => {
    const job = makeJobRecord({ workgroups: 1 });
    const before = new CoreDriver({ jobs: [job] });
    before.join(3, { account: 1, range: RANGE });
    const [old] = before.want(3);
    const core = new CoreDriver({ epoch: 2, loaded: { jobs: [job] } });
    core.join(2, { range: RANGE });
    core.join(1, { range: '198.51.100.0/24' });
    core.join(3, { account: 1, range: RANGE });
    const copies = [core.want(2)[0]!, core.want(1)[0]!];
    // it stands for the copy of its address range, not for that of its account
    core.answer(3, old!, 9);
    core.answer(1, copies[1]!, 9);
    expect(core.changesOf('vote-cast')).toHaveLength(1);
    core.join(4);
    const [another] = core.want(4);
    core.answer(4, another!, 9);
    expect(core.pays().map(([account]) => account)).toEqual([1, 4]);
  });
});

describe('a device with two connections', () => {
  it('is still reached over the older one when the newer one ends', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    core.join(1, { device: 1 });
    core.join(11, { account: 1, device: 1 });
    core.join(2);
    const [one, two] = [core.want(1)[0]!, core.want(2)[0]!];
    core.close(11);
    core.answer(1, one, 9);
    core.answer(2, two, 9);
    expect(core.last(1, 'credited')?.shards).toMatchObject([{ amount: 1_000n }]);
  });

  it('is reached over the newer one when the older one ends', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    core.join(1);
    const [one] = core.want(1);
    core.join(11, { account: 1, device: 1 });
    core.close(1);
    core.join(2);
    core.answer(11, one!, 9);
    core.answer(2, core.want(2)[0]!, 9);
    expect(core.last(11, 'credited')?.shards).toMatchObject([{ amount: 1_000n }]);
    expect(core.state.sessions.get(11)?.inFlight).toBe(0);
  });
});

describe('a copy number', () => {
  it('is never given twice after the votes of its epoch were read again', () => {
    const job = makeJobRecord({ workgroups: 1 });
    const before = new CoreDriver({ jobs: [job] });
    before.join(1);
    before.answer(1, before.want(1)[0]!, 66);
    const votes = before.changesOf('vote-cast').map(({ kind: _, atMs: __, ...vote }) => vote);
    const after = new CoreDriver({ loaded: { jobs: [job], votes } });
    after.join(2);
    expect(after.want(2)[0]!.claim.copy).toBeGreaterThan(votes[0]!.copy);
  });

  it('leaves room above the votes that were read again for copies that another coordinator may have out', () => {
    const job = makeJobRecord({ workgroups: 1 });
    const there = new CoreDriver({ jobs: [job] });
    for (const session of [1, 2]) there.join(session);
    const out = [there.want(1)[0]!, there.want(2)[0]!];
    there.answer(1, out[0]!, 9);
    const votes = there.changesOf('vote-cast').map(({ kind: _, atMs: __, ...vote }) => vote);
    const here = new CoreDriver({ loaded: { jobs: [job], votes } });
    here.join(3);
    expect(here.want(3)[0]!.claim.copy).toBeGreaterThan(out[1]!.claim.copy + 16);
  });

  it('speaks for one device only', () => {
    const job = makeJobRecord({ workgroups: 1 });
    const before = new CoreDriver({ jobs: [job] });
    before.join(1);
    const [old] = before.want(1);
    // the same epoch, as after a failed commit, and nothing carried over
    const after = new CoreDriver({ jobs: [job] });
    for (const session of [1, 2]) after.join(session);
    const [fresh] = after.want(2);
    expect(fresh!.claim.copy).toBe(old!.claim.copy);
    after.answer(1, old!, 66);
    expect(after.lastReceipt(1)?.refusal?.code).toBe('bad-assignment');
    expect(after.state.sessions.get(2)?.inFlight).toBe(1);
  });
});
