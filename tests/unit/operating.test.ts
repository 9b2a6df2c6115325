// The page for operators says what is: its commands and links exist, its numbers are the code's.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SETTINGS } from '../../server/config.ts';
import { GATEWAY_LIMITS, SIGNALLING_LIMITS, SOCKET_LIMITS } from '../../server/gateway/limits.ts';
import { TIMEOUT_MS } from '../../server/observe/health.ts';
import { CLOSE_MS } from '../../server/start-coordinator.ts';
import { RETENTION_MS } from '../../server/start-upkeep.ts';
import { SLICE_ACCOUNTS, SLICE_LINES, WHOLE_LEDGER_BYTES } from '../../server/storage/database-health.ts';
import { EPOCHS_APART } from '../../server/storage/import-tables.ts';
import { COMMIT_LATE_MS } from '../../server/watch-health.ts';
import { TOP } from '../support/generated-tables.ts';
import { listCommands, listLinks } from '../support/read-page.ts';

const page = readFileSync(join(TOP, 'server/OPERATING.md'), 'utf8');
const words = page.replace(/\s+/g, ' ');

test('its commands are scripts of package.json', () => {
  const { scripts } = JSON.parse(readFileSync(join(TOP, 'package.json'), 'utf8')) as { readonly scripts: object };
  const commands = listCommands(page).map(({ script }) => script);
  expect(commands).toEqual(expect.arrayContaining(['export', 'import']));
  expect(commands.filter((script) => !(script in scripts) && script !== 'ci')).toEqual([]);
});

test('its links lead somewhere', () => {
  const links = listLinks(page).filter((link) => !/^(https?:|#)/.test(link));
  expect(links.length).toBeGreaterThan(3);
  expect(links.filter((link) => !existsSync(join(TOP, 'server', link)))).toEqual([]);
});

test('what it writes in capitals is a setting', () => {
  const known = new Set<string>([...SETTINGS.map(({ name }) => name), 'OSTRAKA_SKIP_BUILD']);
  const named = [...page.matchAll(/`([A-Z]+_[A-Z_]+)(?:=[^`]*)?`/g)].map(([, name]) => name!);
  expect(named.filter((name) => !known.has(name))).toEqual([]);
});

test('its numbers are those of the code', () => {
  const text = (value: number): string => value.toLocaleString('en');
  const { perAddress, inAll } = SOCKET_LIMITS;
  const { sessionsPerDevice, sessions, helloMs, messages } = GATEWAY_LIMITS;
  for (const said of [
    `| ${perAddress}; ${text(inAll)} in all`,
    `| ${sessionsPerDevice}; ${text(sessions)} in all`,
    `| ${helloMs / 1_000} s`,
    `${messages.perSecond} a second, ${text(messages.burst)} at once`,
    `${SIGNALLING_LIMITS.messages.perSecond} messages a second, ${SIGNALLING_LIMITS.messages.burst} at once`,
    `${text(SIGNALLING_LIMITS.connections)}, then WebSocket`,
    `at most ${text(sessions)} sessions, ${text(SIGNALLING_LIMITS.connections)} of them over WebRTC`,
    `after at most ${(TIMEOUT_MS + 1_000) / 1_000} s`,
    `commits more than ${COMMIT_LATE_MS / 1_000} s behind`,
    `up to ${WHOLE_LEDGER_BYTES / 1024 / 1024} MB is read whole`,
    `${text(SLICE_ACCOUNTS)} accounts a minute`,
    `newest ${SLICE_LINES} lines`,
    `closing ${CLOSE_MS / 1_000} s`,
    `up by ${EPOCHS_APART}`,
    `after ${RETENTION_MS / 86_400_000} days`,
  ]) {
    expect(words).toContain(said);
  }
});
