// Six minutes behind another tab, really hidden: the rate of shards stays within a tenth of what it is in front. About nine minutes.
import { describe, expect, test } from 'vitest';
import type { AccountId } from '../../src/protocol/ids.ts';
import { openCdpBrowser } from '../support/cdp-browser.ts';
import { type CountedVote, pressButton, pressContribute, startLeftOpenScene } from '../support/left-open-scene.ts';

const MINUTE_MS = 60_000;
/** Browsers hold a page's timers back to one a minute after five minutes behind others. */
const HIDDEN_MS = 6 * MINUTE_MS;
/** From its first shard a device soon has its stride. */
const WARM_UP_MS = 20_000;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const pass = async (ms: number): Promise<Span> => {
  const fromMs = Date.now();
  await new Promise((resolve) => setTimeout(resolve, ms));
  return { fromMs, toMs: Date.now() };
};

const count = (votes: readonly CountedVote[], { fromMs, toMs }: Span): number =>
  votes.filter(({ atMs }) => atMs >= fromMs && atMs < toMs).length;

/**
 * Two browsers compute the same jobs at once; only the first one's tab is hidden. What else the machine does slows both, so the first is
 * measured against the second: in front (before and after) and hidden.
 */
describe.each(['none', 'software'] as const)('with the GPU: %s', (gpu) => {
  test('a hidden tab computes as fast as a visible one, also after five minutes', async () => {
    const scene = await startLeftOpenScene({ jobs: 4 });
    const browsers = [await openCdpBrowser({ gpu }), await openCdpBrowser({ gpu })];
    try {
      const url = `${scene.coordinator.url}/${gpu === 'software' ? '?gpu=software' : ''}`;
      const tabs = await Promise.all(browsers.map((browser) => browser.openTab(url)));
      const accounts: AccountId[] = [];
      for (const tab of tabs) accounts.push(await pressContribute(tab));
      for (const tab of tabs) await pressButton(tab, 'Balanced');
      for (const account of accounts) await scene.waitForMoreVotes(account, 1);
      await pass(WARM_UP_MS);

      const before = await pass(MINUTE_MS);
      await browsers[0]!.openTab('about:blank');
      expect(await tabs[0]!.evaluate(() => document.visibilityState)).toBe('hidden');
      const early = await pass(HIDDEN_MS - MINUTE_MS);
      const late = await pass(MINUTE_MS);
      expect(await tabs[0]!.evaluate(() => document.visibilityState)).toBe('hidden');
      await tabs[0]!.show();
      const after = await pass(MINUTE_MS);

      const [hidden, control] = await Promise.all(accounts.map((account) => scene.listVotes(account)));
      const ratio = (...spans: readonly Span[]): number => {
        const sum = (votes: readonly CountedVote[]): number => spans.reduce((total, span) => total + count(votes, span), 0);
        return sum(hidden!) / sum(control!);
      };
      const figures = [before, early, late, after].map((span) => `${count(hidden!, span)}:${count(control!, span)}`);
      const relative = { whole: ratio(early, late) / ratio(before, after), late: ratio(late) / ratio(before, after) };
      console.log(
        `GPU ${gpu}: shards of the measured tab : of the control, in front ${figures[0]}, hidden for five minutes ${figures[1]},`,
      );
      console.log(`in the sixth ${figures[2]}, in front again ${figures[3]}; hidden against in front ${JSON.stringify(relative)}`);
      expect(relative.whole).toBeGreaterThan(0.9);
      expect(relative.late).toBeGreaterThan(0.9);
    } finally {
      await Promise.all(browsers.map((browser) => browser.close()));
      await scene.coordinator.destroy();
    }
  });
});
