// Opens the best channel there is: WebRTC within its budget, else WebSocket; and says which, and why.
import { Fault } from '../protocol/fault.ts';
import type { Channel } from './channel.ts';
import { systemTimers, type Timers } from './timers.ts';

/** Measured: 100 ms on loopback, 600 ms at 40 ms round trip with loss; a blocked UDP port never says so by itself. */
export const RTC_BUDGET_MS = 4_000;

export interface OpenBestOptions {
  /** Null where there is no WebRTC: in Node, in a worker without a page, or when the coordinator has no peer. */
  readonly openRtc: (() => Promise<Channel>) | null;
  readonly openWs: () => Promise<Channel>;
  readonly rtcBudgetMs?: number;
  readonly timers?: Timers;
}

export interface OpenedChannel {
  readonly channel: Channel;
  /** One sentence for people. */
  readonly why: string;
}

/** Rejects with what the WebSocket said when both fail. */
export async function openBest(options: OpenBestOptions): Promise<OpenedChannel> {
  const { openRtc, openWs, rtcBudgetMs = RTC_BUDGET_MS, timers = systemTimers } = options;
  if (!openRtc) return { channel: await openWs(), why: 'WebRTC is not offered here, so a WebSocket is used.' };
  try {
    return { channel: await openWithin(openRtc, rtcBudgetMs, timers), why: `WebRTC opened within ${rtcBudgetMs} ms.` };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'WebRTC failed.';
    return { channel: await openWs(), why: `A WebSocket is used: ${reason}` };
  }
}

/** A channel that opens too late is closed, so that no device has two. */
function openWithin(open: () => Promise<Channel>, budgetMs: number, timers: Timers): Promise<Channel> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const stopAlarm = timers.after(budgetMs, () => {
      isLate = true;
      reject(new Fault('offline', `WebRTC did not open within ${budgetMs} ms.`));
    });
    open().then(
      (channel) => {
        stopAlarm();
        if (isLate) channel.close('opened too late');
        else resolve(channel);
      },
      (cause: unknown) => {
        stopAlarm();
        reject(cause);
      },
    );
  });
}
