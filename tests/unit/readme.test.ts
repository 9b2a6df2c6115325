// README says what is: its settings are the code's, its commands and flags exist, its links lead somewhere.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig, SETTINGS } from '../../server/config.ts';
import { CONTRIBUTE_FLAGS } from '../../src/cli/contribute-options.ts';
import { SUBMIT_FLAGS } from '../../src/cli/submit-options.ts';
import { GENERATED, makeSettingsTable, makeTable, replaceTable, TOP } from '../support/generated-tables.ts';
import { listCommands, listLinks } from '../support/read-page.ts';

const read = (page: string): string => readFileSync(join(TOP, page), 'utf8');
const readme = read('README.md');
const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };

test.each(GENERATED)('the table of $name in $page is what `npx tsx tests/support/generated-tables.ts` writes', ({ page, name, make }) => {
  const text = read(page);
  expect(text).toBe(replaceTable(text, name, make()));
});

describe('a generated table', () => {
  test('has a row a setting, with what holds when it is not given', () => {
    const rows = makeSettingsTable().split('\n');
    expect(rows).toHaveLength(SETTINGS.length + 2);
    expect(rows.find((row) => row.includes('`PORT`'))).toMatch(/^\| `PORT` +\| `8787` +\| TCP port/);
  });
  test('changes when a setting does', () => {
    const [first, ...others] = SETTINGS;
    expect(makeSettingsTable([{ ...first, fallback: '1' }, ...others])).not.toBe(makeSettingsTable());
    expect(makeSettingsTable(others)).not.toBe(makeSettingsTable());
  });
  test('is padded, and replaced between its markers only', () => {
    const table = makeTable(['a', 'b'], [['long cell', '']]);
    expect(table).toBe('| a         | b   |\n| --------- | --- |\n| long cell |     |');
    expect(replaceTable('x <!-- t:begin -->\nold\n<!-- t:end --> y', 't', 'new')).toBe('x <!-- t:begin -->\n\nnew\n\n<!-- t:end --> y');
    expect(() => replaceTable('no place', 't', 'new')).toThrow('no place for the table "t"');
  });
});

describe('the commands', () => {
  const commands = listCommands(readme);
  test('are scripts of package.json', () => {
    expect(commands.length).toBeGreaterThan(8);
    expect(commands.filter(({ script }) => !(script in scripts) && script !== 'ci')).toEqual([]);
  });
  test('of a coordinator parse as they stand', () => {
    const starts = commands.filter(({ script, args }) => script === 'start' && args.length > 0);
    expect(starts.map(({ args }) => parseConfig({ env: {}, argv: args, homeDir: '/home/ada' }).isLoopbackOnly)).toEqual([false, false]);
  });
  test('of the command line use flags that there are', () => {
    const flags: Readonly<Record<string, readonly string[]>> = {
      contribute: Object.keys(CONTRIBUTE_FLAGS),
      submit: Object.keys(SUBMIT_FLAGS),
      watch: ['url'],
      download: ['url', 'out', 'output', 'receipt'],
      verify: ['url', 'leaves', 'seed', 'coordinator-key'],
    };
    for (const { script, args } of commands.filter((command) => command.script in flags)) {
      const used = args.filter((arg) => arg.startsWith('--')).map((arg) => arg.slice(2));
      expect(used.length, script).toBeGreaterThan(0);
      expect(used.filter((flag) => !flags[script]?.includes(flag))).toEqual([]);
    }
  });
});

test('every link into the project leads somewhere', () => {
  const links = listLinks(readme);
  expect(links).toContain('CONTRIBUTING.md');
  expect(links.filter((link) => !existsSync(join(TOP, link)))).toEqual([]);
});
