// The walls of the house: each rule holds over the whole tree, and each rule is seen to catch what it forbids.
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as rules from './support/source-rules.ts';

const top = dirname(import.meta.dirname);
const files = rules.listSourceFiles(top);

interface Case {
  readonly what: string;
  readonly rule: rules.SourceRule;
  readonly good: readonly [path: string, text: string][];
  readonly bad: readonly [path: string, text: string][];
}

const LINE = 'const a = 1;\n';

const CASES: readonly Case[] = [
  {
    what: 'a room imports only what its row lists',
    rule: rules.judgeImports,
    good: [
      ['server/jobs/a.ts', "import { b } from '../../src/protocol/b.ts';"],
      ['server/storage/a.ts', "import type { Change } from '../ledger/change.ts';"],
      ['server/start-house.ts', "fork(new URL('../src/cli/contribute.ts', import.meta.url));"],
      ['src/engine/cpu/a.ts', "import { compile } from '../../compiler/compile.ts';"],
      ['src/ui/app.tsx', "import './styles/app.css';"],
      ['server/jobs/a.ts', "// import { b } from '../ledger/b.ts';"],
    ],
    bad: [
      ['server/jobs/a.ts', "import { b } from '../ledger/b.ts';"],
      ['server/storage/a.ts', "import { post } from '../ledger/post.ts';"],
      ['src/protocol/a.ts', "export { b } from '../compiler/b.ts';"],
      ['src/protocol/a.ts', "import {\n  b,\n  c,\n} from '../compiler/b.ts';"],
      ['src/ui/a.tsx', "const b = await import('../compiler/compile.ts');"],
      ['src/ui/a.tsx', "new Worker(new URL('../engine/gpu/b.ts', import.meta.url));"],
      ['src/main.tsx', "import { a } from '../server/config.ts';"],
      ['server/effects/a.ts', "import { a } from '../../src/engine/gpu/a.ts';"],
      ['src/widget/loader.ts', "import { a } from '../protocol/ids.ts';"],
    ],
  },
  {
    what: 'only tests import tests',
    rule: rules.judgeTestImports,
    good: [['tests/unit/a.test.ts', "import { b } from '../support/b.ts';"]],
    bad: [['server/main.ts', "import { b } from '../tests/support/b.ts';"]],
  },
  {
    what: 'SQL stands in server/storage only',
    rule: rules.judgeSql,
    good: [
      ['server/storage/a.ts', "query('select id from jobs')"],
      ['server/http/a.ts', '// select a shard from the queue'],
    ],
    bad: [
      ['server/http/a.ts', 'query(`\n  SELECT id FROM jobs`)'],
      ['server/http/a.ts', "import pg from 'pg';"],
    ],
  },
  {
    what: 'process.env is read in server/config.ts only',
    rule: rules.judgeEnvironment,
    good: [['server/config.ts', 'process.env.PORT']],
    bad: [['src/cli/contribute.ts', 'process.env.PORT']],
  },
  {
    what: 'what decides has no clock and no chance of its own',
    rule: rules.judgeDeterminism,
    good: [['server/gateway/a.ts', 'Date.now()']],
    bad: [
      ['server/coordinator/a.ts', 'Date.now()'],
      ['src/contributor/state.ts', 'Math.random()'],
    ],
  },
  {
    what: 'no file is longer than 400 lines',
    rule: rules.judgeLength,
    good: [['src/a.ts', LINE.repeat(400)]],
    bad: [['src/a.ts', LINE.repeat(401)]],
  },
  {
    what: 'no file or folder is named for a drawer',
    rule: rules.judgeNames,
    good: [['src/pwa/service-worker.ts', '']],
    bad: [
      ['src/utils/a.ts', ''],
      ['server/job-service.ts', ''],
      ['src/helpers.test.ts', ''],
    ],
  },
  {
    what: 'a file opens with a sentence about itself',
    rule: rules.judgeOpenings,
    good: [
      ['src/a.ts', '// What this is.\n'],
      ['src/a.ts', '#!/usr/bin/env node\n// What this is.\n'],
      ['src/a.ts', '/** What this is. */\n'],
    ],
    bad: [['src/a.ts', "import { b } from './b.ts';\n// Late."]],
  },
  {
    what: 'nothing is left for later',
    rule: rules.judgeLeftovers,
    good: [['src/a.ts', '// done']],
    bad: [['src/a.ts', `// TO${'DO'}: later`]],
  },
];

describe.each(CASES)('$what', ({ rule, good, bad }) => {
  test('the whole tree obeys', () => expect(rule(files)).toEqual([]));
  test.each(good)('allows an example in %s', (path, text) => expect(rule([{ path, text }])).toEqual([]));
  test.each(bad)('refuses an example in %s', (path, text) => expect(rule([{ path, text }])).toHaveLength(1));
});

test('the tree was read', () => expect(files.map((file) => file.path)).toContain('src/protocol/ids.ts'));

const TOP_LEVEL = [
  ...['src', 'shaders', 'public', 'server', 'tests', 'index.html', 'package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts'],
  ...['README.md', 'CONTRIBUTING.md', 'THIRD_PARTY.md', 'LICENSE', 'Dockerfile', 'biome.json', 'knip.json'],
];
const MADE_HERE = ['node_modules', 'dist', 'data', 'coverage', 'demo-out'];

test('the top level holds what a tool or a reader looks for there, and nothing else', () => {
  const visible = readdirSync(top).filter((name) => !name.startsWith('.') && !MADE_HERE.includes(name));
  expect(visible.filter((name) => !TOP_LEVEL.includes(name))).toEqual([]);
});
