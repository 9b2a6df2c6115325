// The environment's gate: defaults, flags over variables, and everything wrong told at once.
import { describe, expect, test } from 'vitest';
import { type ConfigSources, parseConfig, SETTINGS } from '../../../server/config.ts';
import { Fault } from '../../../src/protocol/fault.ts';

function parse(env: ConfigSources['env'] = {}, argv: readonly string[] = []) {
  return parseConfig({ env, argv, homeDir: '/home/ada' });
}

function faultsOf(env: ConfigSources['env'], argv: readonly string[] = []): readonly string[] {
  try {
    parse(env, argv);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(Fault);
    expect((error as Fault).code).toBe('config');
    return (error as Fault).message.split('\n');
  }
}

test('nothing given is a coordinator for this machine alone', () => {
  expect(parse()).toEqual({
    name: 'Ostraka',
    port: 8787,
    host: '127.0.0.1',
    tls: null,
    trustProxy: false,
    isLoopbackOnly: true,
    allowedOrigins: [],
    databaseUrl: null,
    dataDir: '/home/ada/.local/share/ostraka',
    blobsDir: '/home/ada/.local/share/ostraka/blobs',
    publicAddress: null,
    udpPort: null,
    hasHouseContributor: true,
    hasHouseJobs: true,
    startGrantMicroCredits: 100_000_000n,
    dailyGrantCapMicroCredits: 10_000_000_000n,
    guestCapMicroCredits: 1_000_000_000n,
    widgetSitePercent: 70,
    diskFloorBytes: 536_870_912,
    blobQuotaBytes: 1_073_741_824,
    sessionSecret: null,
    chainId: 1,
    operators: [],
    contact: null,
    isDemo: false,
    drainMs: 10_000,
    logLevel: 'info',
  });
});

test('every setting is described once, and its fallback is the one that holds', () => {
  expect(new Set(SETTINGS.map(({ name }) => name)).size).toBe(SETTINGS.length);
  const numbers = Object.fromEntries(SETTINGS.map(({ name, fallback }) => [name, fallback]));
  const given = Object.fromEntries(
    [
      'PORT',
      'HOST',
      'TRUST_PROXY',
      'HOUSE_CONTRIBUTOR',
      'HOUSE_JOBS',
      'START_GRANT',
      'DAILY_GRANT_CAP',
      'GUEST_CAP',
      'DISK_FLOOR_BYTES',
      'BLOB_QUOTA_BYTES',
      'CHAIN_ID',
      'DRAIN_SECONDS',
      'NAME',
      'LOG_LEVEL',
    ].map((name) => [name, numbers[name]]),
  );
  expect(parse(given)).toEqual(parse());
  for (const { description } of SETTINGS) expect(description).toMatch(/\.$/);
});

describe('flags', () => {
  test('win over variables, with a blank or an equals sign', () => {
    expect(parse({ PORT: '1' }, ['--port', '2', '--data-dir=/d', '--house-jobs', 'off'])).toMatchObject({
      port: 2,
      dataDir: '/d',
      blobsDir: '/d/blobs',
      hasHouseJobs: false,
    });
  });
  test('that do not exist, or want a value, are named', () => {
    expect(faultsOf({}, ['--prot', '1', '--host'])).toEqual([
      expect.stringContaining('--prot'),
      expect.stringContaining('no flag 1'),
      '--host wants a value.',
    ]);
  });
});

describe('data lie', () => {
  test('in DATA_DIR, else where XDG says, else at home', () => {
    expect(parse({ DATA_DIR: '/x', XDG_DATA_HOME: '/y' }).dataDir).toBe('/x');
    expect(parse({ XDG_DATA_HOME: '/y' }).dataDir).toBe('/y/ostraka');
  });
});

describe('another host than loopback', () => {
  const origins = { ALLOWED_ORIGINS: 'https://ostraka.example' };
  test.each(['0.0.0.0', '::', '192.168.1.2', 'ostraka.example'])('%s wants TLS files or a proxy, and an origin', (HOST) => {
    expect(faultsOf({ HOST })).toEqual([expect.stringMatching(/TLS_CERT.*TRUST_PROXY=1/), expect.stringContaining('ALLOWED_ORIGINS')]);
    expect(parse({ HOST, TLS_CERT: '/c', TLS_KEY: '/k', ...origins })).toMatchObject({
      isLoopbackOnly: false,
      tls: { certFile: '/c', keyFile: '/k' },
    });
    expect(parse({ HOST, TRUST_PROXY: '1', ...origins })).toMatchObject({ isLoopbackOnly: false, trustProxy: true });
  });
  test.each(['127.0.0.1', '127.8.8.8', 'localhost', '::1'])('%s is none, unless a proxy lets others in', (HOST) => {
    expect(parse({ HOST }).isLoopbackOnly).toBe(true);
    expect(parse({ HOST, TRUST_PROXY: '1', ...origins }).isLoopbackOnly).toBe(false);
    expect(faultsOf({ HOST, TRUST_PROXY: '1' })).toHaveLength(1);
  });
});

describe('each side of each limit', () => {
  test.each([
    ['PORT', '0', '65535', ['-1', '65536', 'x', '1.5']],
    ['UDP_PORT', '1', '65535', ['0', '65536']],
    ['CHAIN_ID', '1', '9007199254740991', ['0', '9007199254740992']],
    ['START_GRANT', '0', '999999999999.999999', ['-1', '1e3', '0.0000001', '1000000000000']],
    ['SESSION_SECRET', 'a'.repeat(32), 'a'.repeat(33), ['a'.repeat(31)]],
    ['LOG_LEVEL', 'trace', 'silent', ['loud']],
    ['HOUSE_JOBS', 'on', 'off', ['maybe']],
    ['DATABASE_URL', 'postgres://h/d', 'postgresql://h/d', ['mysql://h/d', 'h']],
    [
      'ALLOWED_ORIGINS',
      'https://a.example/',
      'https://a.example, http://b.example:8080',
      ['a.example', 'https://a.example/path', 'ftp://a.example', 'https://A.example'],
    ],
    ['TLS_CERT', '', '', ['/only-half']],
    [
      'OPERATORS',
      `0x${'a'.repeat(40)}`,
      Array.from({ length: 50 }, (_, at) => `0x${String(at).padStart(40, '0')}`).join(', '),
      [
        'ada',
        `0x${'a'.repeat(39)}`,
        `0x${'g'.repeat(40)}`,
        Array.from({ length: 51 }, (_, at) => `0x${String(at).padStart(40, '0')}`).join(),
      ],
    ],
    ['DEMO', 'on', 'off', ['maybe']],
    ['WIDGET_SITE_SHARE', '0', '100', ['101', '-1', '7.5', 'most']],
    ['CONTACT', 'mailto:a@b', 'https://a.example/contact', ['a@b', 'http://a.example', 'javascript:alert(1)', 'mailto:a b@c']],
  ])('%s', (name, low, high, wrong) => {
    expect(faultsOf({ [name]: low })).toEqual([]);
    expect(faultsOf({ [name]: high })).toEqual([]);
    for (const text of wrong) expect(faultsOf({ [name]: text }), text).toEqual([expect.stringContaining(name)]);
  });

  test('operators are known by lower-case addresses, each once', () => {
    expect(parse({ OPERATORS: `0x${'Ab'.repeat(20)}, 0x${'aB'.repeat(20)},` }).operators).toEqual([`0x${'ab'.repeat(20)}`]);
  });

  test('a demo is for this machine alone', () => {
    const proxied = { DEMO: 'on', TRUST_PROXY: '1', ALLOWED_ORIGINS: 'https://ostraka.example' };
    expect(faultsOf(proxied)).toEqual([expect.stringContaining('DEMO')]);
    expect(parse({ DEMO: 'on' }).isDemo).toBe(true);
  });

  test('faults are told together, and no password is told back', () => {
    const faults = faultsOf({ PORT: 'x', LOG_LEVEL: 'y', DATABASE_URL: 'mysql://me:hunter2@h' });
    expect(faults).toHaveLength(3);
    expect(faults.join()).not.toContain('hunter2');
  });

  test('credits are exact to the micro-credit', () => {
    expect(parse({ START_GRANT: '12.5', GUEST_CAP: '0.000001' })).toMatchObject({
      startGrantMicroCredits: 12_500_000n,
      guestCapMicroCredits: 1n,
    });
  });
});
