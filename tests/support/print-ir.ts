// Writes the intermediate form as text, for goldens and for whoever works on a pass: one statement a line.
import type { Expr, IrFunction, IrModule, Stmt } from '../../src/compiler/ir/ir.ts';

const infix: Readonly<Record<string, string>> = {
  add: '+',
  sub: '-',
  mul: '*',
  shl: '<<',
  and: '&',
  or: '|',
  xor: '^',
  eq: '==',
  ne: '!=',
};

export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'const':
      return expr.type === 'i32' ? String(expr.value) : `${Object.is(expr.value, -0) ? '-0' : expr.value}${expr.type}`;
    case 'local':
      return `$${expr.local}`;
    case 'builtin':
      return expr.name;
    case 'op': {
      const [type, name = ''] = expr.op.split('.');
      const sign = infix[name];
      const args = expr.args.map(printExpr);
      if (sign !== undefined) return `(${args.join(` ${sign}${type === 'i32' ? '' : type} `)})`;
      return `${type === 'i32' ? name : expr.op}(${args.join(', ')})`;
    }
    case 'choose':
      return `(${printExpr(expr.condition)} ? ${printExpr(expr.yes)} : ${printExpr(expr.no)})`;
    case 'load':
      return `${expr.type}${expr.bytes ?? ''}[${printAddress(expr.address, expr.offset)}]`;
    case 'address':
      return `&${expr.variable}`;
    case 'binding-base':
      return `@${expr.binding}`;
    case 'binding-bytes':
      return `bytes@${expr.binding}`;
    case 'call':
      return `f${expr.callee}(${expr.args.map(printExpr).join(', ')})`;
  }
}

function printAddress(address: Expr, offset: number): string {
  return `${printExpr(address)}${offset === 0 ? '' : ` + ${offset}`}`;
}

function printStmt(statement: Stmt, indent: string): string[] {
  const inner = (list: readonly Stmt[]): string[] => list.flatMap((each) => printStmt(each, `${indent}  `));
  const line = (text: string): string => `${indent}${text}`;
  switch (statement.kind) {
    case 'set':
      return [line(`$${statement.local} = ${printExpr(statement.value)}`)];
    case 'store':
      return [line(`${statement.bytes ?? ''}[${printAddress(statement.address, statement.offset)}] = ${printExpr(statement.value)}`)];
    case 'atomic':
      return [
        line(
          `$${statement.result} = atomic ${statement.op} [${printAddress(statement.address, statement.offset)}] ${statement.operands.map(printExpr).join(', ')}`,
        ),
      ];
    case 'fill':
      return [line(`fill [${printAddress(statement.address, statement.offset)}] ${statement.bytes}`)];
    case 'copy':
      return [
        line(
          `copy [${printAddress(statement.to, statement.toOffset)}] [${printAddress(statement.from, statement.fromOffset)}] ${statement.bytes}`,
        ),
      ];
    case 'call':
      return [
        line(
          `${statement.results.map((each) => `$${each}`).join(', ')} = f${statement.callee}(${statement.args.map(printExpr).join(', ')})`,
        ),
      ];
    case 'if':
      return [
        line(`if ${printExpr(statement.condition)}${statement.rare === undefined ? '' : ` (rarely ${statement.rare})`}`),
        ...inner(statement.yes),
        ...(statement.no.length > 0 ? [line('else'), ...inner(statement.no)] : []),
      ];
    case 'block':
      return [line(`block ${statement.label}`), ...inner(statement.body)];
    case 'loop':
      return [
        line(`loop ${statement.label}`),
        ...inner(statement.body),
        ...(statement.continuing.length > 0 ? [line('continuing'), ...inner(statement.continuing)] : []),
      ];
    case 'switch':
      return [
        line(`switch ${statement.label} ${printExpr(statement.selector)}`),
        ...statement.cases.flatMap((each) => [
          line(`case ${[...each.values, ...(each.isDefault ? ['default'] : [])].join(' ')}`),
          ...inner(each.body),
        ]),
      ];
    case 'break':
    case 'continue':
      return [line(`${statement.kind} ${statement.label}`)];
    case 'return':
      return [line(`return ${statement.values.map(printExpr).join(', ')}`.trimEnd())];
    case 'barrier':
      return [line('barrier')];
    case 'meter':
      return [line(`meter ${statement.cost}${statement.times === undefined ? '' : ` times ${printExpr(statement.times)}`}`)];
  }
}

function printStmts(list: readonly Stmt[], indent = ''): string {
  return list.flatMap((each) => printStmt(each, indent)).join('\n');
}

export function printFunction(source: IrFunction): string {
  const prologue = source.prologue.length > 0 ? `prologue\n${printStmts(source.prologue)}\n` : '';
  return `${prologue}${printStmts(source.body)}`;
}

/** With all that stands outside of the bodies: buffers, memory, parameters and the types of locals. */
export function printModule(module: IrModule): string {
  const lines = [
    ...module.bindingNames.map((name, i) => `buffer ${i} ${name}`),
    ...module.variables.map(({ space, name, bytes, align, data }, i) => {
      const text = data === null ? '' : ` = ${[...data.subarray(0, 32)].map(hex).join(' ')}${data.length > 32 ? ' ...' : ''}`;
      return `memory ${i} ${space} "${name}" ${bytes} bytes, align ${align}${text}`;
    }),
    ...module.functions.map((each, i) => `function ${i} ${printWhole(each)}`),
    `entry [${module.workgroupSize.join(' ')}] ${printWhole(module.entry)}`,
  ];
  return `${lines.join('\n')}\n`;
}

function printWhole({ name, parameterCount, locals, results, prologue, body }: IrFunction): string {
  const typed = locals.map((type, i) => `$${i}: ${type}`);
  return [
    `"${name}"(${typed.slice(0, parameterCount).join(', ')})${results.length === 0 ? '' : ` -> ${results.join(', ')}`}`,
    ...(typed.length === parameterCount ? [] : [`  locals ${typed.slice(parameterCount).join(', ')}`]),
    ...(prologue.length === 0 ? [] : ['  prologue', printStmts(prologue, '    ')]),
    ...(body.length === 0 ? [] : [printStmts(body, '  ')]),
  ].join('\n');
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
