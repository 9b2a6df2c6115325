// Each state of health by itself, on both sides of its limit: what is vital takes the coordinator out, what is not only degrades it.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LedgerReport } from '../../../server/storage/database-health.ts';
import { COMMIT_LATE_MS, type HealthParts, type HealthWatch, watchHealth } from '../../../server/watch-health.ts';

const SOUND: LedgerReport = { sumEntries: 0n, sumBalances: 0n, negative: [], drifted: [], accounts: null };

let nowMs: number;
let watch: HealthWatch;
let lines: { level: string; facts: object; sentence: string }[];
let answer: () => Promise<{ isReadOnly: boolean; unsafe: readonly string[] }>;
let ledger: () => Promise<LedgerReport>;
let backlog: { changes: number; oldestMs: number };
let isStorageLow: boolean;
let holdReason: string | null = null;
let isOverloaded: boolean;

beforeEach(() => {
  nowMs = 1_000_000;
  lines = [];
  answer = async () => ({ isReadOnly: false, unsafe: [] });
  ledger = async () => SOUND;
  backlog = { changes: 0, oldestMs: 0 };
  isStorageLow = false;
  isOverloaded = false;
  const write = (level: string) => (facts: object, sentence: string) => void lines.push({ level, facts, sentence });
  watch = watchHealth({
    database: { ask: () => answer(), checkLedger: vi.fn(() => ledger()) },
    runner: { backlog: () => backlog },
    upkeep: { isStorageLow: () => isStorageLow, freeBytes: () => 7 },
    load: { isOverloaded: () => isOverloaded },
    readHold: () => holdReason,
    log: { info: write('info'), warn: write('warn') } as unknown as HealthParts['log'],
    build: '1',
    nowMs: () => nowMs,
  });
});
afterEach(() => watch.stop());

/** A second later, so that it is read anew. */
async function read() {
  nowMs += 1_000;
  const { status, checks } = await watch.read();
  return { status, failed: checks.filter(({ ok }) => !ok) };
}
const figure = (name: string) => watch.figures.find((candidate) => candidate.name === name)!.read();

test('well', async () => {
  expect(await read()).toEqual({ status: 'ok', failed: [] });
  expect(figure('ready')).toBe(1);
  expect(figure('check_ok')).toEqual({ database: 1, durability: 1, commits: 1, disk: 1, load: 1, 'hand-outs': 1, ledger: 1 });
});

test('degraded, and still ready, while an operator has stopped hand-outs', async () => {
  holdReason = 'The disk is being changed.';
  const { status, failed } = await read();
  holdReason = null;
  expect(status).toBe('degraded');
  expect(failed).toEqual([{ name: 'hand-outs', ok: false, sentence: 'An operator has stopped them: The disk is being changed.' }]);
  expect(figure('ready')).toBe(1);
});

describe('not ready', () => {
  test('without a database; nobody outside reads why, the log does', async () => {
    answer = () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.5:5432'));
    const { status, failed } = await read();
    expect(status).toBe('not-ready');
    expect(failed.map(({ name }) => name)).toEqual(['database', 'durability']);
    expect(JSON.stringify(failed)).not.toContain('10.0.0.5');
    expect(lines[0]).toMatchObject({ level: 'warn', facts: { err: { message: 'connect ECONNREFUSED 10.0.0.5:5432' } } });
    expect(figure('ready')).toBe(0);
    answer = async () => ({ isReadOnly: false, unsafe: [] });
    expect((await read()).status).toBe('ok');
    expect(lines.at(-1)).toMatchObject({ level: 'info', sentence: 'The coordinator is well again.' });
  });

  test('with a database that may only be read', async () => {
    answer = async () => ({ isReadOnly: true, unsafe: [] });
    expect(await read()).toMatchObject({ status: 'not-ready', failed: [{ name: 'database' }] });
  });

  test('when a decision waits too long to be written', async () => {
    backlog = { changes: 3, oldestMs: COMMIT_LATE_MS };
    expect((await read()).status).toBe('ok');
    backlog = { changes: 3, oldestMs: COMMIT_LATE_MS + 1 };
    expect(await read()).toMatchObject({
      status: 'not-ready',
      failed: [{ name: 'commits', sentence: expect.stringContaining('3 changes') }],
    });
  });

  test('with a full disk', async () => {
    isStorageLow = true;
    expect(await read()).toMatchObject({ status: 'not-ready', failed: [{ name: 'disk', sentence: expect.stringContaining('7 bytes') }] });
  });

  test('with too much to do', async () => {
    isOverloaded = true;
    expect(await read()).toMatchObject({ status: 'not-ready', failed: [{ name: 'load' }] });
  });

  test('while it drains, from the very moment', async () => {
    await read();
    watch.setDraining();
    expect((await watch.read()).status).toBe('draining');
    expect(figure('ready')).toBe(0);
  });
});

describe('degraded', () => {
  test('when a power cut would lose what was acknowledged', async () => {
    answer = async () => ({ isReadOnly: false, unsafe: ['fsync', 'synchronous_commit'] });
    const { status, failed } = await read();
    expect(status).toBe('degraded');
    expect(failed).toMatchObject([{ name: 'durability', sentence: expect.stringContaining('fsync and synchronous_commit off') }]);
    expect(figure('ready')).toBe(1);
  });

  test.each([
    [{ sumEntries: 1n }, 'entries 1'],
    [{ sumBalances: -2n }, 'balances -2'],
    [{ negative: [7] }, 'accounts 7'],
    [{ drifted: [8] }, 'accounts 8'],
  ])('by a ledger with %o', async (wrong, words) => {
    ledger = async () => ({ ...SOUND, ...wrong }) as LedgerReport;
    expect(await read()).toMatchObject({ status: 'degraded', failed: [{ name: 'ledger', sentence: expect.stringContaining(words) }] });
  });
});

describe('the ledger', () => {
  const look = vi.fn();
  test('is looked at once a minute', async () => {
    look.mockReset();
    ledger = async () => {
      look();
      return SOUND;
    };
    await read();
    nowMs += 58_000;
    await read();
    expect(look).toHaveBeenCalledTimes(1);
    await read();
    expect(look).toHaveBeenCalledTimes(2);
  });

  test('that cannot be looked at is believed for a quarter of an hour', async () => {
    await read();
    ledger = () => Promise.reject(new Error('canceling statement due to statement timeout'));
    nowMs += 14 * 60_000;
    await read();
    expect((await read()).status).toBe('ok');
    nowMs += 60_000;
    expect(await read()).toMatchObject({ status: 'degraded', failed: [{ sentence: 'It could not be checked for 15 minutes.' }] });
  });
});
