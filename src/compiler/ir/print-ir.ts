/** Writes the intermediate form as text that one can read: for tests, and for whoever works on a pass. */
import type { Expr, IrFunction, IrModule, Stmt } from './ir.ts';

export function printModule(module: IrModule): string {
  const lines: string[] = [];
  module.bindingNames.forEach((name, i) => lines.push(`buffer ${i} ${name}`));
  module.variables.forEach((variable, i) => {
    const data =
      variable.data === null ? '' : ` = ${[...variable.data.subarray(0, 32)].map(hex).join(' ')}${variable.data.length > 32 ? ' ...' : ''}`;
    lines.push(`memory ${i} ${variable.space} "${variable.name}" ${variable.bytes} bytes, align ${variable.align}${data}`);
  });
  module.functions.forEach((each, i) => lines.push(`function ${i} ${printFunction(each)}`));
  lines.push(`entry [${module.workgroupSize.join(' ')}] ${printFunction(module.entry)}`);
  return `${lines.join('\n')}\n`;
}

export function printFunction(node: IrFunction): string {
  const parameters = node.locals.slice(0, node.parameterCount).map((type, i) => `$${i}: ${type}`);
  const locals = node.locals.slice(node.parameterCount).map((type, i) => `$${i + node.parameterCount}: ${type}`);
  const results = node.results.length === 0 ? '' : ` -> ${node.results.join(', ')}`;
  return [
    `"${node.name}"(${parameters.join(', ')})${results}`,
    ...(locals.length === 0 ? [] : [`  locals ${locals.join(', ')}`]),
    ...(node.prologue.length === 0 ? [] : ['  prologue', ...node.prologue.flatMap((each) => printStmt(each, '    '))]),
    ...node.body.flatMap((each) => printStmt(each, '  ')),
  ].join('\n');
}

function printStmt(node: Stmt, indent: string): readonly string[] {
  const inner = (list: readonly Stmt[]): readonly string[] => list.flatMap((each) => printStmt(each, `${indent}  `));
  const line = (text: string): readonly string[] => [indent + text];
  switch (node.kind) {
    case 'set':
      return line(`$${node.local} = ${printExpr(node.value)}`);
    case 'store':
      return line(`store${node.bytes ?? ''} ${place(node.address, node.offset)} = ${printExpr(node.value)}`);
    case 'fill':
      return line(`zero ${place(node.address, node.offset)}, ${node.bytes} bytes`);
    case 'copy':
      return line(`copy ${place(node.to, node.toOffset)} = ${place(node.from, node.fromOffset)}, ${node.bytes} bytes`);
    case 'atomic':
      return line(
        `$${node.result} = atomic ${node.op} ${place(node.address, node.offset)}${node.operands.map((each) => `, ${printExpr(each)}`).join('')}`,
      );
    case 'call': {
      const results = node.results.map((local) => `$${local}`).join(', ');
      return line(`${results === '' ? '' : `${results} = `}call ${node.callee}(${node.args.map(printExpr).join(', ')})`);
    }
    case 'if':
      return [
        ...line(`if ${printExpr(node.condition)}${node.rare === undefined ? '' : ` (rarely ${node.rare})`}`),
        ...inner(node.yes),
        ...(node.no.length === 0 ? [] : [...line('else'), ...inner(node.no)]),
      ];
    case 'block':
      return [...line(`block @${node.label}`), ...inner(node.body)];
    case 'loop':
      return [
        ...line(`loop @${node.label}`),
        ...inner(node.body),
        ...(node.continuing.length === 0 ? [] : [...line('continuing'), ...inner(node.continuing)]),
      ];
    case 'switch':
      return [
        ...line(`switch @${node.label} ${printExpr(node.selector)}`),
        ...node.cases.flatMap((each) => [
          `${indent}case ${[...each.values, ...(each.isDefault ? ['default'] : [])].join(', ')}`,
          ...inner(each.body),
        ]),
      ];
    case 'break':
    case 'continue':
      return line(`${node.kind} @${node.label}`);
    case 'return':
      return line(['return', node.values.map(printExpr).join(', ')].join(' ').trimEnd());
    case 'barrier':
      return line('barrier');
    case 'meter':
      return line(`meter ${node.cost}${node.times === undefined ? '' : ` times ${printExpr(node.times)}`}`);
  }
}

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

function place(address: Expr, offset: number): string {
  return `[${printExpr(address)}${offset === 0 ? '' : ` + ${offset}`}]`;
}

export function printExpr(node: Expr): string {
  switch (node.kind) {
    case 'const':
      return `${Object.is(node.value, -0) ? '-0' : String(node.value)}${suffixes[node.type]}`;
    case 'local':
      return `$${node.local}`;
    case 'builtin':
      return node.name;
    case 'op':
      return `${node.op}(${node.args.map(printExpr).join(', ')})`;
    case 'choose':
      return `choose(${printExpr(node.condition)} ? ${printExpr(node.yes)} : ${printExpr(node.no)})`;
    case 'load':
      return `${node.type}${node.bytes === undefined ? '' : '.half'}${place(node.address, node.offset)}`;
    case 'address':
      return `memory${node.variable}`;
    case 'binding-base':
      return `buffer${node.binding}`;
    case 'binding-bytes':
      return `bytes${node.binding}`;
    case 'call':
      return `call ${node.callee}(${node.args.map(printExpr).join(', ')})`;
  }
}

const suffixes = { i32: '', i64: 'L', f32: 'f', f64: 'd', v128: 'v' } as const;
