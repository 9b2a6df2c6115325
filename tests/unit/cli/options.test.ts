// Every flag of the command line, and one clear sentence for each way of getting it wrong.
import { describe, expect, test } from 'vitest';
import { parseContributeOptions } from '../../../src/cli/contribute-options.ts';
import { type FlagTable, makeHelp, parseJobArgument, parseOptions } from '../../../src/cli/parse-options.ts';
import { parseCredits, parseSubmitOptions } from '../../../src/cli/submit-options.ts';
import { Fault } from '../../../src/protocol/fault.ts';

const URL_FLAG = ['--url', 'http://127.0.0.1:8787/'];

function sentenceOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Fault && error.code === 'config') return error.message;
    throw error;
  }
  return 'no fault';
}

describe('contribute', () => {
  const parse = (...argv: string[]) => parseContributeOptions([...URL_FLAG, ...argv], 4, '/home/someone');

  test('has defaults that need the address alone', () => {
    expect(parse()).toMatchObject({
      url: 'http://127.0.0.1:8787',
      settings: { cpu: { share: 1, threads: 3 } },
      keyFile: '/home/someone/.local/share/ostraka/contributor/key.pem',
      dataFolder: '/home/someone/.local/share/ostraka/contributor/results',
    });
    expect(parseContributeOptions(URL_FLAG, 1)?.settings.cpu.threads).toBe(1);
    expect(parseContributeOptions(URL_FLAG, 200)?.settings.cpu.threads).toBe(64);
  });

  test('takes every flag, and a key of its own has results of its own', () => {
    const options = parse('--threads', '2', '--share=0.5', '--key', 'a.pem', '--name', 'house');
    expect(options).toMatchObject({
      settings: { cpu: { threads: 2, share: 0.5 } },
      keyFile: 'a.pem',
      dataFolder: 'a.pem.results',
      name: 'house',
    });
    expect(parse('--key', 'a.pem', '--data', 'there')?.dataFolder).toBe('there');
  });

  test('keeps to hours, an amount of data and what one likes', () => {
    const { settings } = parse(
      ...['--hours', 'mon-fri 22:00-07:00', '--hours', 'Sat,sun 0:00-0:00', '--data-cap', '1.5GB', '--pin-job', '7', '--block-job', '8'],
      ...['--block-job', '9', '--block-requester', '4', '--min-rate', '0.5'],
    )!;
    expect(settings).toMatchObject({
      gpu: { isOn: false },
      hours: {
        isOn: true,
        ranges: [
          { days: [1, 2, 3, 4, 5], fromMinute: 1_320, toMinute: 420 },
          { days: [0, 6], fromMinute: 0, toMinute: 0 },
        ],
      },
      dataCap: { isOn: true, bytesADay: 1_500_000_000 },
      likes: { pinnedJobs: [7], blockedJobs: [8, 9], blockedRequesters: [4], minRate: 500_000 },
    });
    expect(parse('--hours', 'fri-mon 1:00-2:00')?.settings.hours.ranges[0]?.days).toEqual([0, 1, 5, 6]);
    expect(parse('--hours', '23:59-0:00')?.settings.hours.ranges[0]).toEqual({
      days: [0, 1, 2, 3, 4, 5, 6],
      fromMinute: 1_439,
      toMinute: 0,
    });
    expect(parse()?.settings).toMatchObject({ hours: { isOn: false }, dataCap: { isOn: false }, pauseOnBattery: false });
  });

  test.each(['1MB', '100GB'])('%s a day is allowed', (amount) => expect(parse('--data-cap', amount)?.settings.dataCap.isOn).toBe(true));

  test('help needs nothing else', () => expect(parseContributeOptions(['--help'], 4)).toBeNull());

  test.each([
    [[], 'contribute needs --url http://…: where the coordinator is.'],
    [['--url', 'somewhere'], '--url somewhere is no address; write it like http://127.0.0.1:8787.'],
    [['--url', 'ftp://somewhere'], '--url ftp://somewhere is no address; write it like http://127.0.0.1:8787.'],
    [[...URL_FLAG, '--threads', '0'], '--threads 0 is not a whole number from 1 to 64.'],
    [[...URL_FLAG, '--threads', '65'], '--threads 65 is not a whole number from 1 to 64.'],
    [[...URL_FLAG, '--threads', '1.5'], '--threads 1.5 is not a whole number from 1 to 64.'],
    [[...URL_FLAG, '--share', '0.04'], '--share 0.04 is not a number from 0.05 to 1.'],
    [[...URL_FLAG, '--share', '1.1'], '--share 1.1 is not a number from 0.05 to 1.'],
    [[...URL_FLAG, '--share', ' '], '--share   is not a number from 0.05 to 1.'],
    [[...URL_FLAG, '--share'], '--share needs a value: --share 0.5.'],
    [
      [...URL_FLAG, '--speed', '9'],
      '--speed is no option of contribute; it knows --url, --threads, --share, --hours, --data-cap, --pin-job, --block-job, --block-requester, --min-rate, --key, --data, --name, --help.',
    ],
    [[...URL_FLAG, '--constructor', '9'], expect.stringMatching(/^--constructor is no option of contribute/)],
    ...['22-7', '24:00-1:00', '1:60-2:00', 'mon 1:00', 'monday 1:00-2:00', 'mon-fri-sun 1:00-2:00'].map((hours): [string[], string] => [
      [...URL_FLAG, '--hours', hours],
      `--hours ${hours} are no hours; write them like "mon-fri 22:00-07:00" or 22:00-07:00.`,
    ]),
    [[...URL_FLAG, ...Array.from({ length: 15 }, () => ['--hours', '1:00-2:00']).flat()], '--hours may be given 14 times at most.'],
    [[...URL_FLAG, '--data-cap', '0.9MB'], '--data-cap 0.9MB is no amount from 1MB to 100GB.'],
    [[...URL_FLAG, '--data-cap', '100.1GB'], '--data-cap 100.1GB is no amount from 1MB to 100GB.'],
    [[...URL_FLAG, '--data-cap', '500'], '--data-cap 500 is no amount from 1MB to 100GB.'],
    [[...URL_FLAG, '--pin-job', 'x'], '--pin-job x is no number; give it as the job’s page shows it.'],
    [[...URL_FLAG, ...Array.from({ length: 101 }, () => ['--pin-job', '1']).flat()], '--pin-job may be given 100 times at most.'],
    [[...URL_FLAG, '--min-rate', '-1'], '--min-rate -1 is not a number from 0 to 1000.'],
    [[...URL_FLAG, 'now'], 'contribute does not know what to do with "now".'],
  ])('%j', (argv, sentence) => {
    expect(sentenceOf(() => parseContributeOptions(argv, 4))).toEqual(sentence);
  });

  test.each(['1', '64'])('%s threads are allowed', (threads) =>
    expect(parse('--threads', threads)?.settings.cpu.threads).toBe(Number(threads)),
  );
  test.each(['0.05', '1'])('a share of %s is allowed', (share) => expect(parse('--share', share)?.settings.cpu.share).toBe(Number(share)));
});

describe('submit', () => {
  const parse = (...argv: string[]) => parseSubmitOptions([...URL_FLAG, ...argv]);

  test('a template with parameters and a grid', () => {
    expect(
      parse(
        '--template',
        'fractal',
        '--set',
        'scale=0.5',
        '--set',
        'centre=-1:2e-3',
        '--grid',
        '4x5',
        '--title',
        'Mine',
        '--max-price',
        '12.5',
      ),
    ).toMatchObject({
      source: { kind: 'template', template: { id: 'fractal' }, parameters: { scale: 0.5, centre: [-1, 0.002] }, grid: [4, 5, 1] },
      title: 'Mine',
      maxPrice: 12_500_000n,
      isQuoteOnly: false,
      isWatched: false,
    });
  });

  test('a spec with a program and inputs', () => {
    expect(parse('--spec', 'job.json', '--wgsl', 'a.wgsl', '--input', 'table=t.bin', '--quote', '--watch')).toMatchObject({
      source: { kind: 'spec', file: 'job.json', wgsl: 'a.wgsl', inputs: [['table', 't.bin']] },
      isQuoteOnly: true,
      isWatched: true,
    });
  });

  test.each([
    [[], 'submit needs --template bunny, fractal, collatz, or --spec FILE.'],
    [['--template', 'moon'], 'submit needs --template bunny, fractal, collatz, or --spec FILE; there is no moon.'],
    [['--template', 'bunny', '--spec', 'a.json'], '--template and --spec exclude each other; give one of them.'],
    [['--template', 'bunny', '--input', 'a=b'], '--wgsl and --input belong to --spec; a template has its own.'],
    [['--spec', 'a.json', '--grid', '4x4'], '--set and --grid belong to --template; write them into the spec.'],
    [['--template', 'bunny', '--set', 'depth'], '--set depth is no pair; write it like --set name=value.'],
    [['--template', 'bunny', '--set', 'depth=1:x'], '--set depth=1:x holds something that is no number.'],
    [['--template', 'bunny', '--grid', '4'], '--grid 4 is no size; write it like 48x48 or 48x48x1.'],
    [
      ['--template', 'bunny', '--max-price', '1.0000001'],
      '--max-price 1.0000001 is no amount of credits; write it like 12.5, with at most six decimals.',
    ],
    [['--template', 'bunny', '--watch=yes'], '--watch is a switch and takes no value.'],
  ])('%j', (argv, sentence) => {
    expect(sentenceOf(() => parse(...argv))).toBe(sentence);
  });

  test('credits are exact', () => {
    expect(parseCredits('0.000001')).toBe(1n);
    expect(parseCredits('999999999999')).toBe(999_999_999_999_000_000n);
  });
});

test('a job is a number', () => {
  expect(parseJobArgument('17')).toBe(17);
  for (const text of ['x', '-1', '', undefined]) expect(sentenceOf(() => parseJobArgument(text))).toMatch(/is no job; give its number\.$/);
});

test('a missing argument is named, and the help shows every flag', () => {
  const table = { out: { describe: 'where to', value: 'FILE' }, quiet: { describe: 'say less', value: null } } as const satisfies FlagTable;
  expect(sentenceOf(() => parseOptions([], 'download', table, ['JOB']))).toBe('download needs JOB.');
  expect(makeHelp('download', 'Writes.', table, ['JOB'])).toBe(
    ['download JOB [options]', 'Writes.', '', '  --out FILE  where to', '  --quiet     say less', '  --help      this text'].join('\n'),
  );
});
