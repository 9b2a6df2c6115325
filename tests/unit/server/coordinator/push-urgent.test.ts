// Copies that were lost go out again with the next turn of the clock, also to devices that did not ask.
import { describe, expect, it } from 'vitest';
import { CoreDriver } from '../../../support/core-driver.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';

const FAST = 1e6;
/** A vanished device's copies are reclaimed this long after its session ended. */
const RECLAIMED_MS = 5_000;

/** Session 1 holds `held` copies and vanishes; session 2 works on one shard and asks for nothing more. */
function loseCopies(held: number, workgroups = 200): CoreDriver {
  const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups, quorum: 1 })] });
  core.join(1);
  core.join(2);
  expect(core.want(1, held, FAST)).toHaveLength(held);
  core.want(2, 1, FAST);
  core.close(1);
  return core;
}

const pushedTo = (core: CoreDriver, session: number) =>
  core
    .assignments(session)
    .slice(1)
    .map(({ shard }) => shard.index);

describe('a lost copy', () => {
  it('goes to a device that has room and did not ask, while fresh shards wait', () => {
    const core = loseCopies(3);
    core.tick(RECLAIMED_MS - 1);
    expect(pushedTo(core, 2)).toEqual([]);
    core.tick(1);
    expect(pushedTo(core, 2)).toEqual([0, 1, 2]);
    core.tick(1);
    expect(pushedTo(core, 2)).toEqual([0, 1, 2]);
  });

  it('goes sixteen to a device in a turn, and the rest in the next', () => {
    const core = loseCopies(17);
    core.tick(RECLAIMED_MS);
    expect(pushedTo(core, 2)).toHaveLength(16);
    core.tick(1);
    expect(pushedTo(core, 2)).toHaveLength(17);
  });

  it('goes to the least busy, and a device that holds half of what it may gets none', () => {
    const core = loseCopies(1);
    core.join(3);
    core.want(3, 32, FAST);
    core.join(4);
    core.want(4, 1, FAST / 100);
    core.tick(RECLAIMED_MS);
    expect(core.assignments(3)).toHaveLength(32);
    expect(pushedTo(core, 4)).toEqual([]);
    expect(pushedTo(core, 2)).toEqual([0]);
  });

  it('goes to nobody who has a voice in it, whose speed is not known, or whose work is held back', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 3, quorum: 2 })] });
    for (const session of [1, 2, 3]) core.join(session);
    core.want(1, 1, FAST);
    const [other] = core.want(2, 1, FAST);
    expect(other?.shard.index).toBe(0);
    core.want(3, 1, 0);
    core.close(1);
    core.tick(RECLAIMED_MS);
    expect(core.assignments(2)).toHaveLength(1);
    expect(core.assignments(3)).toHaveLength(1);
    core.post({ type: 'storage-low', isLow: true });
    core.join(4);
    core.want(4, 1, FAST);
    core.tick(1);
    expect(core.assignments(4)).toEqual([]);
    core.post({ type: 'storage-low', isLow: false });
    core.tick(1);
    expect(core.assignments(4).map(({ shard }) => shard.index)).toContain(0);
    expect(core.assignments(2)).toHaveLength(1);
  });

  it('is not handed out twice when a device asks for it first', () => {
    const core = loseCopies(1, 2);
    core.nowMs += RECLAIMED_MS;
    core.join(5);
    core.tick(0);
    expect(pushedTo(core, 2)).toEqual([0]);
    expect(core.want(5, 4, FAST)).toEqual([]);
  });
});
