// Fuzzing of the HTTP resources: some thousands of requests here, more in `npm run test:long`.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fuzzHttp, ROUTES } from './fuzz/fuzz-http.ts';
import { reportTally, SEED } from './fuzz/seed.ts';

it('every request is answered or refused by code, and nothing is logged as the coordinator’s own fault', async () => {
  const tally = await fuzzHttp(4_000, SEED);
  reportTally('HTTP', tally);
  expect(tally.taken).toBeGreaterThan(300);
  expect(tally.refused['bad-request']).toBeGreaterThan(300);
  expect(tally.refused['bad-spec']).toBeGreaterThan(10);
  expect(tally.refused['bad-origin']).toBeGreaterThan(10);
});

it('every route of API.md is among those that are tried', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../server/http/API.md'), 'utf8');
  const written = [...page.matchAll(/^\| ([A-Z, ]+?) +\| `(\/[^`]+)`/gm)].flatMap(([, methods, path]) =>
    methods!.split(', ').map((method) => `${method} ${path}`),
  );
  expect(written.length).toBeGreaterThan(20);
  expect([...ROUTES].sort()).toEqual(written.sort());
});
