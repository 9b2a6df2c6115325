// Every template's job.json is whole: JSON has no types of its own, so each member is checked here.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeJobSpec } from '../../../shaders/make-job-spec.ts';
import { prepareInputs } from '../../../shaders/prepare-inputs.ts';
import { type Control, TEMPLATE_IDS, type Template } from '../../../shaders/template.ts';
import { TEMPLATES } from '../../../shaders/templates.ts';
import { Fault } from '../../../src/protocol/fault.ts';
import type { Digest } from '../../../src/protocol/ids.ts';
import { parseJobSpec } from '../../../src/protocol/parse-job-spec.ts';

const FOLDER = join(import.meta.dirname, '../../../shaders');
const CONTROL_KINDS: readonly Control['kind'][] = ['integer', 'number', 'vector', 'uint64', 'colour', 'choice'];
const DIGEST = 'ab'.repeat(32) as Digest;

function readProgram(template: Template): string {
  return readFileSync(join(FOLDER, template.id, template.stages[0].wgslFile), 'utf8');
}

function makeDigests(template: Template): Record<string, Digest> {
  return Object.fromEntries(template.stages[0].preparedInputs.map((name) => [name, DIGEST]));
}

function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (fault) {
    if (fault instanceof Fault) return `${fault.code}: ${fault.message}`;
    throw fault;
  }
  return 'no fault';
}

test('every folder is a template and every template a folder', () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  expect(folders.sort()).toEqual([...TEMPLATE_IDS].sort());
  expect(TEMPLATES.map((template) => template.id).sort()).toEqual([...TEMPLATE_IDS].sort());
});

describe.each(TEMPLATES.map((template) => [template.id, template] as const))('%s', (_id, template) => {
  const [stage] = template.stages;
  const program = readProgram(template);

  test('has the shape its type says', () => {
    const members = ['id', 'title', 'description', 'stages', 'measured', 'redundancy', 'view', 'grids', 'controls'];
    expect(Object.keys(template).sort()).toEqual(members.sort());
    expect(Object.keys(stage).sort()).toEqual(
      ['name', 'wgslFile', 'grid', 'workgroupsPerShard', 'parameters', 'preparedInputs', 'outputs'].sort(),
    );
    expect(template.redundancy).toEqual({ quorum: 2, maxCopies: 5 });
    expect(template.measured).toMatch(/\w{4}/);
  });

  test('its spec passes the gate that a coordinator puts before it', () => {
    for (const { grid } of template.grids) {
      const spec = makeJobSpec(template, { wgsl: program, inputs: makeDigests(template), grid });
      expect(parseJobSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
    }
  });

  test('outputs compare as their program computes', () => {
    for (const [name, output] of Object.entries(stage.outputs)) {
      expect(program).toContain(`read_write> ${name}:`);
      expect(output.layout.kind).toBe('byWorkgroup');
      const { comparison } = output;
      expect(comparison.kind).toBe(/\bf32\b|vec\df/.test(program) ? 'tolerance' : 'exact');
      if (comparison.kind === 'tolerance') expect(comparison.maxOutlierShare).toBeLessThanOrEqual(0.03);
    }
  });

  test('the view shows an output, and a picture’s square fills a workgroup’s piece', () => {
    const output = stage.outputs[template.view.output];
    expect(output?.layout.kind).toBe('byWorkgroup');
    if (output?.layout.kind !== 'byWorkgroup') return;
    if (template.view.kind === 'picture') {
      expect(output.layout.bytesPerWorkgroup).toBe(template.view.square[0] * template.view.square[1] * 4);
    }
    if (template.view.kind === 'table') {
      const rowBytes = template.view.columns.reduce((sum, column) => sum + (column.type === 'u64' ? 8 : 4), 0);
      expect(output.layout.bytesPerWorkgroup % rowBytes).toBe(0);
    }
  });

  test('grids stay within what WebGPU dispatches, and the default is one of them', () => {
    expect(template.grids.map((choice) => choice.grid)).toContainEqual(stage.grid);
    for (const { grid } of template.grids) {
      expect(Math.max(...grid)).toBeLessThanOrEqual(65_535);
      expect(Math.min(...grid)).toBeGreaterThanOrEqual(1);
    }
    expect(stage.workgroupsPerShard).toBeLessThan(stage.grid[0] * stage.grid[1] * stage.grid[2]);
  });

  test('each parameter has one control of a known kind, and its default lies within', () => {
    expect(template.controls.map((control) => control.parameter).sort()).toEqual(Object.keys(stage.parameters).sort());
    for (const control of template.controls) {
      expect(CONTROL_KINDS).toContain(control.kind);
      expect(program).toMatch(new RegExp(`\\b${control.parameter}:`));
      if (control.kind === 'choice') expect(control.options?.length).toBe(control.max + 1);
      if (control.isLogarithmic) expect(control.min).toBeGreaterThan(0);
    }
    expect(codeOf(() => makeJobSpec(template, { wgsl: program, inputs: makeDigests(template) }))).toBe('no fault');
  });

  test('each bound refuses what lies beyond it and takes what lies on it', () => {
    for (const control of template.controls) {
      const old = stage.parameters[control.parameter];
      const filled = (part: number): number | number[] => (typeof old === 'number' ? part : (old ?? []).map(() => part));
      const attempt = (part: number): string =>
        codeOf(() =>
          makeJobSpec(template, { wgsl: program, inputs: makeDigests(template), parameters: { [control.parameter]: filled(part) } }),
        );
      expect(attempt(control.min)).toBe('no fault');
      expect(attempt(control.max)).toBe('no fault');
      expect(attempt(control.max + 1)).toMatch(/^bad-spec: .* must be between/);
      expect(attempt(control.min - 1)).toMatch(/^bad-spec: .* must be between/);
      expect(attempt(Number.NaN)).toMatch(/^bad-spec/);
      if (['integer', 'choice', 'uint64'].includes(control.kind)) expect(attempt(control.min + 0.5)).toMatch(/whole number/);
    }
  });

  test('the prepared inputs are the ones the stage names', async () => {
    expect([...(await prepareInputs(template.id)).keys()]).toEqual([...stage.preparedInputs]);
  });
});

test('an unknown parameter and a missing input are named', () => {
  const bunny = TEMPLATES.find((template) => template.id === 'bunny') as Template;
  expect(codeOf(() => makeJobSpec(bunny, { wgsl: '', inputs: {} }))).toBe(
    "bad-spec: The input 'nodes' is missing; prepare it and give its digest.",
  );
  expect(codeOf(() => makeJobSpec(bunny, { wgsl: '', inputs: makeDigests(bunny), parameters: { colour: 1 } }))).toBe(
    "bad-spec: This template has no parameter 'colour'.",
  );
});

test('a spec holds what the requester chose', () => {
  const fractal = TEMPLATES.find((template) => template.id === 'fractal') as Template;
  const spec = makeJobSpec(fractal, { wgsl: 'text', inputs: {}, parameters: { palette: 2 }, grid: [64, 40, 1], title: 'Mine' });
  expect(spec).toMatchObject({ title: 'Mine', template: 'fractal', tier: 'voted', rounds: 1 });
  expect(spec.stages[0]).toMatchObject({ wgsl: 'text', grid: [64, 40, 1] });
  expect(spec.stages[0]?.parameters).toMatchObject({ palette: 2, samples: 2 });
});
