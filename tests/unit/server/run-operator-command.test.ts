// The operator's command line: its own flags are taken out, everything else is a setting.
import { expect, test } from 'vitest';
import { parseCommandLine } from '../../../server/run-operator-command.ts';

const SHAPE = { help: '', flags: ['--to'], switches: ['--despite-damage'] };

test('takes flags with and without =, and leaves the settings', () => {
  const line = parseCommandLine(SHAPE, ['--data-dir', 'd', '--to=x', '--despite-damage', '--port', '1']);
  expect(line?.values.get('--to')).toBe('x');
  expect(line?.isOn('--despite-damage')).toBe(true);
  expect(line?.rest).toEqual(['--data-dir', 'd', '--port', '1']);
  expect(parseCommandLine(SHAPE, ['--to', 'y'])?.isOn('--despite-damage')).toBe(false);
});

test('knows help, and refuses a flag without its value', () => {
  expect(parseCommandLine(SHAPE, ['--to', 'x', '--help'])).toBeNull();
  expect(() => parseCommandLine(SHAPE, [])).toThrow('--to must be given');
  for (const argv of [['--to'], ['--to='], ['--to', '--despite-damage']]) {
    expect(() => parseCommandLine(SHAPE, argv)).toThrow('--to wants a value');
  }
});
