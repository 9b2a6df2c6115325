// When memory and journal may be compared, and what a difference then says.
import { describe, expect, it } from 'vitest';
import { type BlockWatch, createBlockWatch } from '../../../../server/coordinator/watch-blocks.ts';

const compare = (watch: BlockWatch, blocks: number): boolean => watch.compare()(blocks);

describe('blocks that the journal says are ours', () => {
  it('are unread when memory knows fewer, twice in a row', () => {
    const watch = createBlockWatch(2);
    expect([compare(watch, 3), compare(watch, 3)]).toEqual([false, true]);
    expect([compare(watch, 2), compare(watch, 3), compare(watch, 3)]).toEqual([false, false, true]);
  });

  it('are not unread when memory knows more: another process has ended their job, or taken them', () => {
    const watch = createBlockWatch(2);
    expect([compare(watch, 1), compare(watch, 1)]).toEqual([false, false]);
  });

  it('are not compared while the unit that gave some up is not durable, and are when it is', () => {
    const watch = createBlockWatch(2);
    watch.decided(2, true);
    watch.decided(1, true);
    watch.settled(1);
    expect([compare(watch, 2), compare(watch, 2)]).toEqual([false, false]);
    watch.settled(1);
    expect([compare(watch, 2), compare(watch, 2)]).toEqual([false, true]);
  });

  it('are not compared when some came or went while the journal was asked', () => {
    const watch = createBlockWatch(2);
    expect(compare(watch, 3)).toBe(false);
    const answer = watch.compare();
    watch.moves();
    expect(answer(3)).toBe(false);
    expect([compare(watch, 3), compare(watch, 3)]).toEqual([false, true]);
  });

  it('are compared although units are under way that moved none', () => {
    const watch = createBlockWatch(2);
    for (let unit = 0; unit < 3; unit++) watch.decided(2, true);
    expect([compare(watch, 3), compare(watch, 3)]).toEqual([false, true]);
  });

  it('are compared again when what was under way is lost', () => {
    const watch = createBlockWatch(2);
    watch.decided(1, true);
    watch.settled(null);
    watch.decided(2, false);
    expect([compare(watch, 3), compare(watch, 3)]).toEqual([false, true]);
  });
});
