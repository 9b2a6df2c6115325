// The sample dashboard and the sample alerts speak of metrics that a running coordinator really exports, and the page for operators of every alert.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningCoordinator, startCoordinator } from '../../../support/start-coordinator.ts';

const read = (file: string): string => readFileSync(new URL(`../../../../server/${file}`, import.meta.url), 'utf8');

let coordinator: RunningCoordinator;
let exported: ReadonlySet<string>;
beforeAll(async () => {
  coordinator = await startCoordinator();
  const text = await (await fetch(`${coordinator.url}/metrics`)).text();
  exported = listExported(text);
});
afterAll(() => coordinator.destroy());

/** A histogram is asked for by its three parts. */
function listExported(text: string): ReadonlySet<string> {
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Set(
    types.flatMap(([, name, type]) => (type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name!])),
  );
}

function listNamed(expression: string): readonly string[] {
  return [...expression.matchAll(/\b(?:ostraka|process|nodejs)_[a-z0-9_]+\b/g)].map(([name]) => name);
}

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

test('every panel of the dashboard', () => {
  const { panels } = JSON.parse(read('observe/dashboard.json')) as { readonly panels: readonly Panel[] };
  expect(panels.length).toBeGreaterThan(15);
  for (const { title, targets } of panels) {
    const named = targets.flatMap(({ expr }) => listNamed(expr));
    expect(named, title).not.toEqual([]);
    expect(
      named.filter((name) => !exported.has(name)),
      title,
    ).toEqual([]);
  }
});

const alerts = [...read('observe/alerts.yml').matchAll(/- alert: (\w+)\n\s+expr: (.+)$/gm)];

test('every alert', () => {
  expect(alerts.length).toBe(read('observe/alerts.yml').split('- alert:').length - 1);
  for (const [, name, expression] of alerts) {
    expect(
      listNamed(expression!).filter((metric) => !exported.has(metric)),
      name!,
    ).toEqual([]);
  }
});

test('the page for operators says what to do for every alert', () => {
  const page = read('OPERATING.md');
  expect(alerts.map(([, name]) => name!).filter((name) => !page.includes(`**${name}**`))).toEqual([]);
});

test('a running coordinator counts what it does: commits, pool, checks', async () => {
  const value = async (line: string): Promise<number> => {
    const text = await (await fetch(`${coordinator.url}/metrics`)).text();
    return Number(
      text
        .split('\n')
        .find((candidate) => candidate.startsWith(`${line} `))
        ?.slice(line.length),
    );
  };
  await fetch(`${coordinator.url}/api/health`);
  expect(await value('ostraka_ready')).toBe(1);
  expect(await value('ostraka_check_ok{check="database"}')).toBe(1);
  expect(await value('ostraka_epoch')).toBe(1);
  expect(await value('ostraka_database_connections{state="idle"}')).toBeGreaterThan(0);
  expect(await value('ostraka_stored_bytes{what="database"}')).toBeGreaterThan(1_000_000);
});
