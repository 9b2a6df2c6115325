/** Lowers the entry point into the body that one invocation runs, with everything it reaches. */
import { SourceFault, type Span } from '../diagnostics.ts';
import { i32, op } from '../ir/build.ts';
import type { BuiltinName, Expr, IrModule, Stmt } from '../ir/ir.ts';
import type { FunctionNode } from '../parse/ast.ts';
import { sizeOf } from '../resolve/layout.ts';
import type { ModuleScope } from '../resolve/module-scope.ts';
import { scalarType, type Type, vectorType, voidType } from '../resolve/types.ts';
import { storeValue } from './access.ts';
import { convertTo } from './convert.ts';
import { FunctionBuilder, type LocalSymbol } from './function-builder.ts';
import { globalReference } from './lower-expression.ts';
import { lowerStatements } from './lower-statement.ts';
import { jumpsTo } from './lower-user-call.ts';
import { variablePlace, zeroMemory } from './memory.ts';
import { countCallSites, factsOf } from './scan.ts';
import { Unit } from './unit.ts';
import type { PartsValue } from './value.ts';

export function lowerEntry(
  scope: ModuleScope,
  entry: FunctionNode,
  workgroupSize: readonly [number, number, number],
  bindingNames: readonly string[],
  reached: ReadonlySet<string>,
  origins: Map<Stmt, Span> | null = null,
): IrModule {
  const unit = new Unit(scope, workgroupSize, bindingNames, countCallSites(scope.module, entry), origins);
  const names = new Map<string, LocalSymbol>();
  const frame = {
    names: [names],
    jumps: [],
    returns: { kind: 'inline', type: voidType, label: 0, results: [], memory: null } as const,
    memoryNames: factsOf(entry).memoryNames,
  };
  const builder = new FunctionBuilder(scope, unit, frame);
  const label = builder.newLabel();
  for (const parameter of entry.parameters) {
    const type = scope.typeOf(parameter.type);
    const builtin = parameter.attributes.find((each) => each.name === 'builtin')?.args[0];
    names.set(parameter.name, {
      kind: 'value',
      value: inputValue(builder, type, builtin?.kind === 'ident' ? builtin.name : null, parameter.name, entry),
      declared: { how: 'parameter', span: parameter.span },
    });
  }
  initPrivate(builder, reached);
  const body = builder.collect(() => lowerStatements(builder, entry.body.body));
  scope.faults.throwIfAny();
  const trimmed = body.at(-1)?.kind === 'break' ? body.slice(0, -1) : body;
  const whole = trimmed.some((statement) => jumpsTo(statement, label)) ? [{ kind: 'block', label, body: trimmed } as const] : trimmed;
  return {
    entry: {
      name: entry.name,
      parameterCount: 0,
      locals: builder.locals,
      results: [],
      prologue: builder.prologue,
      body: [...builder.statements, ...whole],
    },
    functions: unit.functions.map((each) => {
      if (each === null) throw new Error('a function was not finished');
      return each;
    }),
    variables: unit.variables,
    bindingNames,
    workgroupSize,
  };
}

/** An entry point's parameter: a builtin, or a struct of them. */
function inputValue(builder: FunctionBuilder, type: Type, builtin: string | null, name: string, entry: FunctionNode): PartsValue {
  if (type.kind === 'struct') {
    return {
      kind: 'parts',
      type,
      parts: type.members.flatMap((member) => inputValue(builder, member.type, member.builtin, member.name, entry).parts),
    };
  }
  const parts = builtin === null ? null : builtinParts(builder, builtin);
  if (parts === null)
    throw new SourceFault('unsupported', `The input "${name}" is not one that a compute shader on the CPU has.`, entry.span);
  return { kind: 'parts', type: parts.length === 1 ? scalarType('u32') : vectorType(3, 'u32'), parts };
}

const axes = ['x', 'y', 'z'] as const;

function builtinParts(builder: FunctionBuilder, name: string): readonly Expr[] | null {
  const read = (each: BuiltinName): Expr => ({ kind: 'builtin', type: 'i32', name: each });
  const size = builder.requireUnit().workgroupSize;
  switch (name) {
    case 'local_invocation_index':
      return [read('local-index')];
    case 'local_invocation_id':
      return axes.map((axis) => read(`local-${axis}`));
    case 'workgroup_id':
      return axes.map((axis) => read(`group-${axis}`));
    case 'num_workgroups':
      return axes.map((axis) => read(`grid-${axis}`));
    case 'global_invocation_id':
      return axes.map((axis, i) =>
        builder.keep(op('i32.add', op('i32.mul', read(`group-${axis}`), i32(size[i] ?? 1)), read(`local-${axis}`))),
      );
    default:
      return null;
  }
}

/** Each invocation starts with fresh private variables. */
function initPrivate(builder: FunctionBuilder, reached: ReadonlySet<string>): void {
  const unit = builder.requireUnit();
  for (const name of reached) {
    const symbol = builder.scope.lookup(name);
    if (symbol?.kind !== 'variable' || symbol.variable.space !== 'private') continue;
    const { variable } = symbol;
    if (variable.node.value === null) {
      zeroMemory(builder, variablePlace(unit.globalVariable(variable)), sizeOf(variable.type));
      continue;
    }
    const value = convertTo(builder.scope.evaluate(variable.node.value), variable.type, variable.node.span);
    storeValue(builder, globalReference(builder, variable), value, variable.node.span);
  }
}
