// Which channel is opened: WebRTC in time, else WebSocket, with the reason; and when a lost one is tried again.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../src/protocol/fault.ts';
import type { Channel } from '../../../src/transport/channel.ts';
import { createMemoryPair } from '../../../src/transport/memory.ts';
import { openBest, RTC_BUDGET_MS } from '../../../src/transport/open-channel.ts';
import { FIRST_RETRY_MS, LONGEST_RETRY_MS, nextAttemptMs } from '../../../src/transport/reconnect.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const [rtc] = createMemoryPair();
const [ws] = createMemoryPair();

function fail(sentence: string): Promise<Channel> {
  return Promise.reject(new Fault('offline', sentence));
}

describe('the best channel', () => {
  it('is WebRTC when it opens in time; no WebSocket is tried then', async () => {
    const opened = await openBest({
      openRtc: () => Promise.resolve(rtc),
      openWs: () => fail('must not be asked'),
      timers: createFakeClock(),
    });
    expect(opened.channel).toBe(rtc);
    expect(opened.why).toContain('WebRTC opened');
  });

  it('is a WebSocket where WebRTC is not offered', async () => {
    const opened = await openBest({ openRtc: null, openWs: () => Promise.resolve(ws), timers: createFakeClock() });
    expect(opened.channel).toBe(ws);
    expect(opened.why).toContain('not offered');
  });

  it('is a WebSocket when WebRTC fails, and says why', async () => {
    const opened = await openBest({
      openRtc: () => fail('its ticket was refused.'),
      openWs: () => Promise.resolve(ws),
      timers: createFakeClock(),
    });
    expect(opened.channel).toBe(ws);
    expect(opened.why).toBe('A WebSocket is used: its ticket was refused.');
  });

  it('is a WebSocket after the budget, and a WebRTC channel that opens too late is closed', async () => {
    const timers = createFakeClock();
    let open: (channel: Channel) => void = () => {};
    const opening = openBest({
      openRtc: () =>
        new Promise((resolve) => {
          open = resolve;
        }),
      openWs: () => Promise.resolve(ws),
      timers,
    });
    let opened: Awaited<typeof opening> | null = null;
    void opening.then((best) => {
      opened = best;
    });
    await timers.advance(RTC_BUDGET_MS - 1);
    expect(opened).toBeNull();
    await timers.advance(1);
    expect((await opening).channel).toBe(ws);
    const [late] = createMemoryPair();
    const closed = new Promise<string>((resolve) => {
      late.onClose = resolve;
    });
    open(late);
    expect(await closed).toBe('opened too late');
  });

  it('rejects with what the WebSocket said when both fail', async () => {
    const opening = openBest({ openRtc: () => fail('no UDP'), openWs: () => fail('no server'), timers: createFakeClock() });
    await expect(opening).rejects.toMatchObject({ code: 'offline', message: 'no server' });
  });
});

describe('the next attempt', () => {
  it('doubles up to its longest, and keeps at least half of it', () => {
    expect(nextAttemptMs(0, 0)).toBe(FIRST_RETRY_MS / 2);
    expect(nextAttemptMs(1, 0)).toBe(FIRST_RETRY_MS);
    fc.assert(
      fc.property(fc.nat(10_000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempts, random) => {
        const ms = nextAttemptMs(attempts, random);
        expect(ms).toBeGreaterThanOrEqual(FIRST_RETRY_MS / 2);
        expect(ms).toBeLessThanOrEqual(LONGEST_RETRY_MS);
        expect(nextAttemptMs(attempts + 1, random)).toBeGreaterThanOrEqual(ms);
      }),
    );
  });
});
