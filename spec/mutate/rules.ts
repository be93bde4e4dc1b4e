import ts from 'typescript'

// Every derivative rule, found in the source by the parser and made wrong in a few ways.

/** A mutant: one file with another text, and the tests that must turn red. */
export interface Mutant {
  readonly name: string
  readonly file: string
  readonly text: string
  readonly specs: readonly string[]
  /** Only tests whose full name matches; all tests of the specs are tried where these pass. */
  readonly tests?: string
}

/** Typical mistakes in a derivative `d`. */
const slips = {
  sign: 'mul(-1, d)',
  'factor 2': 'mul(2, d)',
  nothing: 'null',
} as const

const HELPERS = `
function slipped(rule: any, slip: any): any {
  return (...args: any[]) => {
    const d = rule(...args)
    return d === null ? null : slip(d)
  }
}
function slippedProgram(program: any, primitive: string, copies: number): any {
  const [y] = program.outputs
  const output = { id: program.inputs.length + program.equations.length, shape: y.shape }
  const equation = { primitive, params: {}, inputs: new Array(copies).fill(y), output }
  return { ...program, equations: [...program.equations, equation], outputs: [output] }
}
`

/** One place in the source and the texts that may stand there instead. */
interface Place {
  readonly rule: string
  readonly node: ts.Node
  readonly variants: Readonly<Record<string, string>>
}

/** Rules that say "no derivative" are one of these names. */
const ZEROS = ['zero', 'flat']

const variantsOf = (node: ts.Expression, text: string): Record<string, string> =>
  ts.isIdentifier(node) && ZEROS.includes(node.text)
    ? { 'one for zero': '((d: any) => d)' }
    : Object.fromEntries(
        Object.entries(slips).map(([kind, d]) => [kind, `slipped(${text}, (d: any) => ${d})`]),
      )

const placesOf = (entry: ts.PropertyAssignment, source: ts.SourceFile): Place[] => {
  const rule = entry.name.getText(source)
  const value = entry.initializer
  if (ts.isArrayLiteralExpression(value))
    return value.elements.map((node, k) => ({
      rule: `${rule}, operand ${k + 1}`,
      node,
      variants: variantsOf(node, node.getText(source)),
    }))
  if (!ts.isObjectLiteralExpression(value)) throw new Error(`${rule}: a rule of an unknown form`)
  const [inner] = value.properties
  if (inner === undefined || !ts.isPropertyAssignment(inner)) throw new Error(`${rule}: empty`)
  const body = inner.initializer.getText(source)
  const variants =
    inner.name.getText(source) === 'operand'
      ? Object.fromEntries(
          Object.entries(slips).map(([kind, d]) => [
            kind,
            `{ operand: (k: number) => slipped((${body})(k), (d: any) => ${d}) }`,
          ]),
        )
      : {
          sign: `{ program: (p: any) => slippedProgram((${body})(p), 'neg', 1) }`,
          'factor 2': `{ program: (p: any) => slippedProgram((${body})(p), 'add', 2) }`,
          nothing: '{ operand: () => () => null }',
        }
  return [{ rule, node: value, variants }]
}

/** The object literal of `export const <table> = { … }`. */
const tableOf = (source: ts.SourceFile, table: string): ts.ObjectLiteralExpression => {
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue
    for (const { name, initializer } of statement.declarationList.declarations)
      if (
        name.getText(source) === table &&
        initializer &&
        ts.isObjectLiteralExpression(initializer)
      )
        return initializer
  }
  throw new Error(`no table ${table} in ${source.fileName}`)
}

/** All mutants of one table of rules. */
export const ruleMutants = (file: string, table: string, text: string): Mutant[] => {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  return tableOf(source, table)
    .properties.filter(ts.isPropertyAssignment)
    .flatMap((entry) =>
      placesOf(entry, source).flatMap(({ rule, node, variants }) =>
        Object.entries(variants).map(([kind, replacement]) => ({
          name: `${table} ${rule}: ${kind}`,
          file,
          text:
            text.slice(0, node.getStart(source)) +
            replacement +
            text.slice(node.getEnd()) +
            HELPERS,
          specs: ['spec/autodiff/rules.spec.ts'],
          tests: `^${entry.name.getText(source)} `,
        })),
      ),
    )
}
