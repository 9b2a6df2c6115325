/** Makes a whole shader from a seed: valid, terminating, free of races. The same seed gives the same text. */
import { createRandom, type Random } from '../../simulation/random.ts';
import { makeEntry } from './make-entry.ts';
import { makeExpression, makeLiteral, settle } from './make-expression.ts';
import { type Flow, makeBody } from './make-statement.ts';
import {
  dataWords,
  declare,
  maxCost,
  newName,
  type Parameter,
  pickPlainTypeFor,
  pickTypeFor,
  plainVariable,
  type Scene,
  type Space,
} from './scene.ts';
import { countScalars, keyOf, type ShaderType, type StructType, scalarType, u32, vectorType } from './shader-type.ts';
import { makeBlock, makeExpr, makeStmt, type Program, type Stmt, text } from './tree.ts';

/** Whatever buffers a shader uses, it finds them here, and so does who runs it; see inputs.ts. */
const bindings = `struct Params { u: u32, i: i32, f: f32, s: u32, v: vec4<u32>, w: vec4<f32>, t: array<vec4<i32>, 3>, m: mat2x4<f32> }
@group(0) @binding(0) var<storage, read> data: array<u32>;
@group(0) @binding(1) var<storage, read> fdata: array<f32>;
@group(0) @binding(2) var<uniform> params: Params;
@group(0) @binding(3) var<storage, read_write> out: array<u32>;
@group(0) @binding(4) var<storage, read_write> fout: array<f32>;
@group(0) @binding(5) var<storage, read_write> approx: array<f32>;
@group(0) @binding(6) var<storage, read_write> acc: array<atomic<u32>, 16>;
@group(0) @binding(7) var<storage, read_write> iacc: array<atomic<i32>, 16>;
@group(0) @binding(8) var<storage, read_write> cells: array<Cell>;`;

/** Floats that two implementations must agree on stay where f32 is exact and far from its ends. */
const sane = `fn sane(x: f32) -> f32 { return select(0.0, x, abs(x) < 1.0e6 && abs(x) > 1.0e-6); }
fn sane2(x: vec2<f32>) -> vec2<f32> { return vec2<f32>(sane(x.x), sane(x.y)); }
fn sane3(x: vec3<f32>) -> vec3<f32> { return vec3<f32>(sane2(x.xy), sane(x.z)); }
fn sane4(x: vec4<f32>) -> vec4<f32> { return vec4<f32>(sane2(x.xy), sane2(x.zw)); }`;

const params: StructType = {
  kind: 'struct',
  name: 'Params',
  members: [
    ...(['u', 'i', 'f', 's'] as const).map((name, i) => ({
      name,
      type: scalarType((['u32', 'i32', 'f32', 'u32'] as const)[i] ?? 'u32'),
      attributes: '',
    })),
    { name: 'v', type: vectorType(4, 'u32'), attributes: '' },
    { name: 'w', type: vectorType(4, 'f32'), attributes: '' },
    { name: 't', type: { kind: 'array', element: vectorType(4, 'i32'), count: 3 }, attributes: '' },
    { name: 'm', type: { kind: 'matrix', cols: 2, rows: 4 }, attributes: '' },
  ],
};

const shapes: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [3, 1, 1],
  [4, 1, 1],
  [7, 1, 1],
  [8, 1, 1],
  [8, 8, 1],
  [4, 4, 1],
  [16, 4, 1],
  [5, 3, 2],
  [2, 2, 2],
  [1, 6, 1],
  [64, 1, 1],
  [64, 1, 1],
  [256, 1, 1],
];

function pickGroups(random: Random, size: number): readonly [number, number, number] {
  if (size >= 256) return [random.pick([1, 2]), 1, 1];
  if (size >= 60)
    return random.pick([
      [1, 1, 1],
      [2, 1, 1],
      [3, 1, 1],
      [2, 2, 1],
    ] as const);
  return random.pick([
    [1, 1, 1],
    [3, 1, 1],
    [5, 1, 1],
    [2, 3, 1],
    [2, 2, 2],
  ] as const);
}

/** One statement a line, so that the shrinker can drop each. */
function lines(texts: string): Stmt[] {
  return texts.split('\n').map((line) => makeStmt([line]));
}

function makeStruct(scene: Scene, name: string, isShareable: boolean): StructType {
  const { random } = scene;
  const members = Array.from({ length: 1 + random.below(5) }, (_, i) => {
    const picked = pickTypeFor(scene, isShareable);
    const type = countScalars(picked) > 12 ? pickPlainTypeFor(scene, isShareable) : picked;
    const attributes = isShareable && random.isTrue(0.15) ? random.pick(['@align(16) ', '@size(64) ', '@align(32) ']) : '';
    const fits = attributes !== '@size(64) ' || countScalars(type) <= 4;
    return { name: `m${i}`, type, attributes: fits ? attributes : '' };
  });
  return { kind: 'struct', name, members };
}

function structText(type: StructType): string {
  return `struct ${type.name} { ${type.members.map((member) => `${member.attributes}${member.name}: ${keyOf(member.type)}`).join(', ')} }`;
}

function makeConstants(scene: Scene, overrides: Record<string, number>): Stmt[] {
  const { random } = scene;
  const made: Stmt[] = [];
  for (let i = random.below(3); i > 0; i--) {
    const name = newName(scene, 'C');
    const isTable = random.isTrue(0.5);
    const type: ShaderType = isTable
      ? { kind: 'array', element: pickPlainTypeFor(scene), count: 2 + random.below(6) }
      : pickPlainTypeFor(scene);
    const values =
      isTable && type.kind === 'array'
        ? Array.from({ length: type.count }, () => makeLiteral(scene, type.element))
        : [makeLiteral(scene, type)];
    const pieces = isTable ? [`${keyOf(type)}(`, ...values.flatMap((value, j) => (j === 0 ? [value] : [', ', value])), ')'] : values;
    made.push(makeStmt(text`const ${name} = ${makeExpr(type, pieces)};`));
    declare(scene, plainVariable(name, type, { isConst: true }));
  }
  if (random.isTrue(0.4)) {
    const name = newName(scene, 'O');
    const value = random.below(9);
    made.push(makeStmt([`override ${name}: u32 = ${random.below(9)}u;`]));
    if (random.isTrue(0.5)) overrides[name] = value;
    declare(scene, plainVariable(name, u32, { isConst: true }));
  }
  if (random.isTrue(0.3)) made.push(makeStmt([`const_assert ${random.below(5)} < ${5 + random.below(5)};`]));
  return made;
}

function makePrivates(scene: Scene, prefix: string, isForPointers: boolean): Stmt[] {
  const { random } = scene;
  return Array.from({ length: random.below(3) }, () => {
    const type = pickTypeFor(scene);
    const name = newName(scene, prefix);
    const variable = plainVariable(name, type, { isMutable: true, space: isForPointers ? 'private' : null, address: `&${name}` });
    declare(scene, variable);
    return makeStmt(
      random.isTrue(0.5) || countScalars(type) > 16
        ? [`var<private> ${name}: ${keyOf(type)};`]
        : [`var<private> ${name}: ${keyOf(type)} = `, makeLiteral(scene, type), ';'],
    );
  });
}

function makeParameter(scene: Scene, index: number, cell: StructType): Parameter {
  const { random } = scene;
  const chance = random.next();
  const picked = pickTypeFor(scene);
  const type = countScalars(picked) > 16 ? pickPlainTypeFor(scene) : picked;
  if (chance < 0.6) return { name: `a${index}`, type, pointsTo: null };
  const pointsTo: Space = chance < 0.78 ? 'function' : chance < 0.86 ? 'private' : chance < 0.92 ? 'workgroup' : 'storage';
  const isShared = pointsTo === 'storage' || pointsTo === 'workgroup';
  return { name: `a${index}`, type: isShared ? random.pick(pointsTo === 'storage' ? [cell, u32] : [u32, type]) : type, pointsTo };
}

function parameterText({ name, type, pointsTo }: Parameter): string {
  if (pointsTo === null) return `${name}: ${keyOf(type)}`;
  return `${name}: ptr<${pointsTo}, ${keyOf(type)}${pointsTo === 'storage' ? ', read_write' : ''}>`;
}

function makeFunction(scene: Scene, cell: StructType): Stmt {
  const { random } = scene;
  const name = newName(scene, 'f');
  const parameters = Array.from({ length: 1 + random.below(3) }, (_, i) => makeParameter(scene, i, cell));
  const result = random.isTrue(0.25) ? null : random.isTrue(0.8) ? pickPlainTypeFor(scene) : pickTypeFor(scene);
  scene.scopes.push(
    parameters.map((each) =>
      each.pointsTo === null
        ? plainVariable(each.name, each.type)
        : plainVariable(`(*${each.name})`, each.type, { isMutable: true, space: each.pointsTo, address: each.name, root: each.name }),
    ),
  );
  scene.cost = 0;
  const flow: Flow = { canBreak: false, canContinue: false, returns: result, depth: 2, isEntry: false };
  const body = makeBody(scene, flow, 1 + random.below(4));
  if (result !== null) body.body.push(makeStmt(text`return ${settle(scene, makeExpression(scene, result, 2))};`));
  scene.scopes.pop();
  scene.functions.push({ name, parameters, result, cost: Math.max(1, Math.min(maxCost, scene.cost)) });
  return makeStmt([`fn ${name}(${parameters.map(parameterText).join(', ')}) ${result === null ? '' : `-> ${keyOf(result)} `}`, body]);
}

export function makeProgram(seed: number): Program {
  const random = createRandom(seed);
  const structs: StructType[] = [];
  const isWild = random.isTrue(0.4);
  const scene: Scene = {
    random,
    isWild,
    isNarrow: random.isTrue(0.5),
    hasHalf: isWild && random.isTrue(0.25),
    structs,
    functions: [],
    scopes: [[]],
    affine: [],
    turns: 1,
    cost: 0,
    names: 0,
  };
  const overrides: Record<string, number> = {};
  for (let i = scene.isNarrow ? 0 : random.below(3); i > 0; i--) structs.push(makeStruct(scene, `S${i}`, false));
  const cell = makeStruct(scene, 'Cell', true);
  const head = [...(scene.hasHalf ? lines('enable f16;') : []), ...[...structs, cell].map((type) => makeStmt([structText(type)]))];
  head.push(...lines(bindings), ...(scene.isWild ? [] : lines(sane)));
  head.push(...makeConstants(scene, overrides));
  declare(scene, plainVariable('params', params));
  head.push(...makePrivates(scene, 'g', false));
  const functions = Array.from({ length: random.below(scene.isNarrow ? 2 : 4) }, () => makeFunction(scene, cell));
  head.push(...makePrivates(scene, 'q', true), ...functions);
  const workgroupSize = random.pick(shapes);
  const size = workgroupSize[0] * workgroupSize[1] * workgroupSize[2];
  const groups = pickGroups(random, size);
  const perInvocation = 1 + random.below(4);
  const words = isWild ? random.pick([dataWords, dataWords, 1000, 260, 37, 1]) : dataWords;
  scene.cost = 0;
  const entry = makeEntry(scene, { cell, workgroupSize, groups, size, perInvocation });
  return { root: makeBlock([...head, ...entry]), workgroupSize, groups, isWild: scene.isWild, dataWords: words, overrides, perInvocation };
}
