/** Makes the entry point: who the invocation is, its own places in the outputs, and phases between barriers in uniform control flow. */
import { atRuntime, makeExpression, settle } from './make-expression.ts';
import { type Flow, makeStatement, pickDepth } from './make-statement.ts';
import { declare, newName, pickTypeFor, plainVariable, type Scene, type Variable } from './scene.ts';
import { countScalars, f32, keyOf, type ShaderType, type StructType, u32, vectorType } from './shader-type.ts';
import { type Block, type Expr, makeBlock, makeStmt, type Stmt, text } from './tree.ts';

export interface EntryPlan {
  readonly cell: StructType;
  readonly workgroupSize: readonly [number, number, number];
  readonly groups: readonly [number, number, number];
  readonly size: number;
  readonly perInvocation: number;
}

/** A bijection of 0 .. count - 1, written over `index`. */
function permute(scene: Scene, index: string, count: number): string {
  const { random } = scene;
  const odd = [3, 5, 7, 9, 11, 13].find((each) => gcd(each, count) === 1) ?? 1;
  const forms = [
    index,
    index,
    index,
    `(${count - 1}u - ${index})`,
    `((${index} * ${odd}u) % ${count}u)`,
    `((${index} + ${random.below(count)}u) % ${count}u)`,
  ];
  if (count % 2 === 0) forms.push(`(${index} ^ 1u)`);
  if (Number.isInteger(Math.log2(count))) forms.push(`(${index} ^ ${random.below(count)}u)`);
  return random.pick(forms);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

function placeOf(name: string, type: ShaderType, space: 'storage' | 'workgroup', root: string): Variable {
  return plainVariable(name, type, { isMutable: true, space, address: `&${name}`, root });
}

function declareOutputs(scene: Scene, plan: EntryPlan, count: number): void {
  const { random } = scene;
  const isSplit = random.isTrue(0.5);
  const at = (k: number): string =>
    isSplit ? `slot + ${k * count}u` : plan.perInvocation === 1 ? 'slot' : `slot * ${plan.perInvocation}u + ${k}u`;
  for (let k = 0; k < plan.perInvocation; k++) {
    declare(scene, placeOf(`out[${at(k)}]`, u32, 'storage', 'out'));
    declare(scene, placeOf(`fout[${at(k)}]`, f32, 'storage', 'fout'));
  }
  declare(scene, placeOf('cells[slot]', plan.cell, 'storage', 'cells'));
}

/** The last stores, so that every variable's history reaches an output. */
function makeStores(scene: Scene, plan: EntryPlan): Stmt[] {
  const outputs = scene.scopes.flat().filter((variable) => /^f?out\[/.test(variable.text));
  return outputs
    .slice(0, plan.perInvocation * 2)
    .map(({ text: place, type }) => makeStmt(text`${place} = ${settle(scene, makeExpression(scene, type, pickDepth(scene)))};`));
}

interface Shared {
  readonly own: Variable;
  readonly whole: Variable;
}

/** Phases between barriers: in one, each invocation writes its own element; in the next, everyone reads them all. */
class PhaseMaker {
  readonly scene: Scene;
  readonly flow: Flow;
  readonly shared: readonly Shared[];
  readonly count: number;

  constructor(scene: Scene, flow: Flow, shared: readonly Shared[], count: number) {
    this.scene = scene;
    this.flow = flow;
    this.shared = shared;
    this.count = count;
  }

  list(count: number, depth: number): Stmt[] {
    return Array.from({ length: count }, () => this.one(depth)).flat();
  }

  private free(visible: readonly Variable[], count: number): Stmt[] {
    this.scene.scopes.push([...visible]);
    const made = Array.from({ length: count }, () => makeStatement(this.scene, this.flow)).flat();
    // Names declared here stay: they live on across the barrier.
    const declared = (this.scene.scopes.pop() ?? []).filter(
      (variable) => !visible.includes(variable) && !/^\(?\*?wga/.test(variable.text) && !variable.root.startsWith('wga'),
    );
    this.scene.scopes.at(-1)?.push(...declared);
    return made;
  }

  private exchange(): Stmt[] {
    const { random } = this.scene;
    const barrier = makeStmt([random.pick(['workgroupBarrier();', 'workgroupBarrier();', 'storageBarrier(); workgroupBarrier();'])]);
    const write = this.free(
      this.shared.map((each) => each.own),
      1 + random.below(3),
    );
    const fill = this.shared.map(({ own }) =>
      makeStmt(text`${own.text} = ${settle(this.scene, makeExpression(this.scene, own.type, 2))};`),
    );
    const counted = random.isTrue(0.4)
      ? [makeStmt(text`atomicAdd(&wcount[${random.below(2)}], ${makeExpression(this.scene, u32, 1)});`)]
      : [];
    const maximal = random.isTrue(0.3) ? [makeStmt(text`atomicMax(&wcount[2], ${makeExpression(this.scene, u32, 1)});`)] : [];
    const loaded = newName(this.scene, 'k');
    const load = makeStmt([`let ${loaded} = atomicLoad(&wcount[${random.below(3)}]);`]);
    declare(this.scene, plainVariable(loaded, u32));
    const read = this.free(
      this.shared.map((each) => each.whole),
      1 + random.below(3),
    );
    return [
      ...write,
      ...(random.isTrue(0.8) ? fill : []),
      ...counted,
      ...maximal,
      barrier,
      load,
      ...read,
      makeStmt(['workgroupBarrier();']),
    ];
  }

  private uniformCondition(): string {
    const { random } = this.scene;
    return random.pick([
      `params.u > ${random.below(20)}u`,
      `wid.x == ${random.below(3)}u`,
      `params.i < ${random.below(9)}i`,
      `(params.s & ${1 << random.below(3)}u) != 0u`,
    ]);
  }

  private one(depth: number): Stmt[] {
    const { random } = this.scene;
    const chance = random.next();
    if (chance < 0.35 || depth === 0) return this.exchange();
    if (chance < 0.45) return this.uniformLoad();
    if (chance < 0.55) {
      const name = newName(this.scene, 'k');
      const made = makeStmt(text`let ${name} = exchange(lix, ${makeExpression(this.scene, u32, 2)});`);
      declare(this.scene, plainVariable(name, u32));
      return [made];
    }
    if (chance < 0.62) return this.reduction();
    if (chance < 0.7) {
      const pieces: (string | Block)[] = text<Block>`if (${this.uniformCondition()}) ${this.block(depth)}`;
      return [makeStmt(random.isTrue(0.5) ? pieces : [...pieces, ' else ', this.block(depth)])];
    }
    if (chance < 0.76) {
      const [first, second] = [this.block(depth), this.block(depth)];
      return [makeStmt(text<Block>`switch (params.u % 3u) { case 0u: ${first} default: ${second} }`)];
    }
    return this.loop(depth);
  }

  /** A tree over the workgroup's elements: each turn fewer invocations work, and whole regions do nothing from some invocation on. */
  private reduction(): Stmt[] {
    const { random } = this.scene;
    const half = 2 ** Math.floor(Math.log2(this.count)) / 2;
    const name = newName(this.scene, 'k');
    const step = newName(this.scene, 'h');
    const some = random.pick([
      'lix == 0u',
      'lix < params.u',
      'params.s >= lix',
      'lix + 2u < params.u',
      'lix >= params.u',
      'lix <= wid.x',
      'lix != 3u',
    ]);
    const first = makeStmt(text`wx[lix] = ${makeExpression(this.scene, u32, 2)};`);
    const turn = makeStmt([`if (lix < ${step}) { wx[lix] ${random.pick(['+=', '^=', '*='])} wx[lix + ${step}]; } workgroupBarrier();`]);
    const down = makeStmt(text<Block>`for (var ${step} = ${Math.floor(half)}u; ${step} > 0u; ${step} >>= 1u) ${makeBlock([turn])}`);
    const change = makeStmt(
      text<Expr | Block>`if (${some}) ${makeBlock([makeStmt(text`wx[lix] ^= ${makeExpression(this.scene, u32, 1)};`)])}`,
    );
    const barrier = (): Stmt => makeStmt(['workgroupBarrier();']);
    const load = makeStmt([`let ${name} = wx[(lix + ${random.below(3)}u) % ${this.count}u];`]);
    const made = [first, barrier(), down, ...(random.isTrue(0.6) ? [change, barrier()] : []), load, barrier()];
    declare(this.scene, plainVariable(name, u32));
    return made;
  }

  private block(depth: number): Block {
    this.scene.scopes.push([]);
    const made = makeBlock(this.list(1, depth - 1));
    this.scene.scopes.pop();
    return made;
  }

  private loop(depth: number): Stmt[] {
    const { random } = this.scene;
    const name = newName(this.scene, 'b');
    const turns = 1 + random.below(3);
    const bound = random.pick([`${turns}u`, `params.u % ${turns + 1}u`, `wid.x + ${turns}u`, `min(wid.y + 1u, ${turns}u)`]);
    this.scene.scopes.push([plainVariable(name, u32, { below: turns + 8 })]);
    const outer = this.scene.turns;
    this.scene.turns = outer * turns;
    const before = random.isTrue(0.3) ? [makeStmt([`if (${this.uniformCondition()}) { ${random.pick(['break', 'continue'])}; }`])] : [];
    const body = this.list(1, depth - 1);
    const after = random.isTrue(0.3) ? [makeStmt([`if (${this.uniformCondition()}) { ${random.pick(['break', 'continue'])}; }`])] : [];
    this.scene.turns = outer;
    this.scene.scopes.pop();
    const all = [...before, ...body, ...after];
    if (random.isTrue(0.6)) return [makeStmt(text<Block>`for (var ${name} = 0u; ${name} < ${bound}; ${name} += 1u) ${makeBlock(all)}`)];
    const tail = makeBlock([makeStmt([`${name} += 1u;`]), makeStmt([`break if ${name} > ${bound};`])]);
    return [
      makeStmt([makeBlock([makeStmt([`var ${name} = 0u;`]), makeStmt(['loop ', makeBlock([...all, makeStmt(['continuing ', tail])])])])]),
    ];
  }

  private uniformLoad(): Stmt[] {
    const { random } = this.scene;
    const name = newName(this.scene, 'u');
    const value = atRuntime(this.scene, makeExpression(this.scene, u32, 1));
    const write = makeStmt(
      text<Expr | Block>`if (lix == ${random.below(this.count)}u) ${makeBlock([makeStmt(text`wflag = (${value}) % 4u;`)])}`,
    );
    declare(this.scene, plainVariable(name, u32, { below: 4 }));
    const load = makeStmt([`let ${name} = workgroupUniformLoad(&wflag);`]);
    if (random.isTrue(0.5)) return [write, load];
    const counter = newName(this.scene, 'b');
    this.scene.scopes.push([plainVariable(counter, u32, { below: 4 })]);
    const body = makeBlock(this.exchange());
    this.scene.scopes.pop();
    return [write, load, makeStmt(text<Block>`for (var ${counter} = 0u; ${counter} < ${name}; ${counter}++) ${body}`)];
  }
}

function makeShared(scene: Scene, plan: EntryPlan): { readonly head: Stmt[]; readonly shared: Shared[] } {
  const { random } = scene;
  const shared = Array.from({ length: 1 + random.below(2) }, (_, i): Shared => {
    const picked = pickTypeFor(scene);
    // Two such arrays and the rest fit the 16 KiB of a workgroup, padding and all.
    const element = countScalars(picked) * plan.size > 400 ? u32 : picked;
    const name = `wga${i}`;
    const type: ShaderType = { kind: 'array', element, count: plan.size };
    return { own: placeOf(`${name}[${permute(scene, 'lix', plan.size)}]`, element, 'workgroup', name), whole: plainVariable(name, type) };
  });
  const head = shared.map(({ whole }) => makeStmt([`var<workgroup> ${whole.text}: ${keyOf(whole.type)};`]));
  const moved = random.below(plan.size);
  head.push(
    makeStmt(['var<workgroup> wcount: array<atomic<u32>, 4>;']),
    makeStmt(['var<workgroup> wflag: u32;']),
    makeStmt([`var<workgroup> wx: array<u32, ${plan.size}>;`]),
    makeStmt([
      `fn exchange(i: u32, v: u32) -> u32 { wx[i] = v; workgroupBarrier(); let r = wx[(i + ${moved}u) % ${plan.size}u]; workgroupBarrier(); if ((r & 3u) == 1u) { return r ^ v; } return r; }`,
    ]),
  );
  return { head, shared };
}

function makeIdentity(scene: Scene, plan: EntryPlan, count: number): Stmt[] {
  const { groups, workgroupSize, size } = plan;
  const isFlat = workgroupSize[1] * workgroupSize[2] * groups[1] * groups[2] === 1;
  const linear = isFlat ? 'gid.x' : `((wid.z * ${groups[1]}u + wid.y) * ${groups[0]}u + wid.x) * ${size}u + lix`;
  scene.affine.push('g', 'lix', 'lid.x', 'gid.x', ...(isFlat ? ['(wid.x * 4u + lid.x)'] : ['lid.y', 'gid.y', '(lid.y * 4u + lid.x)']));
  for (const name of ['g', 'lix', 'slot']) declare(scene, plainVariable(name, u32));
  for (const name of ['gid', 'lid', 'wid', 'nwg']) declare(scene, plainVariable(name, vectorType(3, 'u32')));
  return [makeStmt([`let g = ${linear};`]), makeStmt([`let slot = ${permute(scene, 'g', count)};`])];
}

export function makeEntry(scene: Scene, plan: EntryPlan): Stmt[] {
  const { random } = scene;
  const count = plan.size * plan.groups[0] * plan.groups[1] * plan.groups[2];
  const hasBarriers = random.isTrue(0.5);
  scene.scopes.push([]);
  const body = makeIdentity(scene, plan, count);
  declareOutputs(scene, plan, count);
  const inner: Flow = { canBreak: false, canContinue: false, returns: hasBarriers ? undefined : null, depth: 3, isEntry: true };
  const { head, shared } = hasBarriers ? makeShared(scene, plan) : { head: [], shared: [] };
  if (hasBarriers) {
    for (let i = random.below(3); i > 0; i--) body.push(...makeStatement(scene, inner));
    body.push(...new PhaseMaker(scene, { ...inner, depth: 2 }, shared, plan.size).list(1 + random.below(3), 2));
  }
  for (let i = 2 + random.below(5); i > 0; i--) body.push(...makeStatement(scene, { ...inner, returns: null }));
  body.push(...makeStores(scene, plan));
  scene.scopes.pop();
  const sizes = plan.workgroupSize.slice(0, plan.workgroupSize[2] > 1 ? 3 : plan.workgroupSize[1] > 1 ? 2 : 1);
  const builtins = [
    '@builtin(local_invocation_index) lix: u32, @builtin(local_invocation_id) lid: vec3<u32>, @builtin(global_invocation_id) gid: vec3<u32>',
    '@builtin(workgroup_id) wid: vec3<u32>, @builtin(num_workgroups) nwg: vec3<u32>',
  ];
  return [...head, makeStmt([`@compute @workgroup_size(${sizes.join(', ')}) fn main(${builtins.join(', ')}) `, makeBlock(body)])];
}
