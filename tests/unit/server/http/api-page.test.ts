// The written page tells of every route, every code and the numbers that hold.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as limits from '../../../../server/http/limits.ts';
import { FAULT_STATUS } from '../../../../src/protocol/fault.ts';
import { startApp } from './start-app.ts';

const page = readFileSync(new URL('../../../../server/http/API.md', import.meta.url), 'utf8').replace(/ +/g, ' ');

test('every route is on the page', () => {
  const paths = startApp()
    .app.routes.map((route) => route.path)
    .filter((path) => path !== '/*' && path !== '*');
  expect(paths.length).toBeGreaterThan(15);
  expect(paths.filter((path) => !page.includes(`\`${path}\``))).toEqual([]);
});

test('every code stands beside its status', () => {
  const rows = new Map([...page.matchAll(/^\| (\d{3}) \| (.*) \|$/gm)].map(([, status, codes]) => [Number(status), codes ?? '']));
  // These never leave the coordinator over HTTP.
  const inside = ['config', 'cancelled'];
  const missing = Object.entries(FAULT_STATUS).filter(
    ([code, status]) => !inside.includes(code) && !rows.get(status)?.includes(`\`${code}\``),
  );
  expect(missing).toEqual([]);
});

test('the numbers are those of the code', () => {
  const mebi = (bytes: number): string => `${bytes / 1024 / 1024} MiB`;
  const text = (value: number): string => value.toLocaleString('en');
  for (const said of [
    `| JSON body | ${mebi(limits.MAX_JSON_BYTES)} (sign-in: ${limits.MAX_SIGN_IN_BYTES / 1024} KiB), ${limits.MAX_JSON_DEPTH} levels`,
    `| blob | ${mebi(limits.MAX_BLOB_BYTES)};`,
    `(${limits.DEFAULT_PAGE}, at most ${limits.MAX_JOBS_PAGE})`,
    `(at most ${limits.MAX_SHARDS_PAGE})`,
    `at most ${text(limits.MAX_RECEIPT_SHARDS)} shards`,
    `\`LedgerPage\`: ${limits.LEDGER_PAGE} lines`,
    `${limits.MAX_WATCHERS_AN_ADDRESS} an address, ${text(limits.MAX_WATCHERS)} in all`,
    `at most ${text(limits.MAX_CHANGES_AN_EVENT)} changes`,
    `every ${limits.EVENT_HEARTBEAT_MS / 1000} s`,
    `| sign-in requests | ${limits.RATES['sign-in'].burst} at once, then one every ${1 / limits.RATES['sign-in'].perSecond} s`,
    `| other writing requests | ${limits.RATES.write.burst} at once, then ${limits.RATES.write.perSecond} a second`,
    `| blobs under way | ${mebi(limits.MAX_BYTES_IN_FLIGHT_AN_ADDRESS)} an address, ${text(limits.MAX_BYTES_IN_FLIGHT / 1024 / 1024)} MiB in all`,
    `| quotes | ${limits.RATES.quote.burst} at once, then one every ${1 / limits.RATES.quote.perSecond} s`,
    `| receipts | ${limits.RATES.receipt.burst} at once, then one every ${1 / limits.RATES.receipt.perSecond} s`,
    `| other reading requests | ${text(limits.RATES.read.burst)} at once, then ${limits.RATES.read.perSecond} a second`,
  ]) {
    expect(page).toContain(said);
  }
});
