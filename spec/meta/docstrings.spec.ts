import { describe, expect, it } from 'vitest'
import * as autodiff from '../../autodiff/index.ts'
import * as gpu from '../../core/gpu/index.ts'
import * as core from '../../core/index.ts'
import * as linalg from '../../core/linalg/index.ts'
import * as run from '../../examples/index.ts'
import * as models from '../../models/index.ts'
import * as physics from '../../physics/index.ts'
import { broken } from './blocks.ts'
import { declaredIn, examplesIn, exportsOf } from './exports.ts'
import { type File, libraryRooms, read, sources } from './files.ts'

const packages: Readonly<Record<(typeof libraryRooms)[number], object>> = {
  core,
  autodiff,
  models,
  physics,
}

/** Every entry of the package, by the folder of its index. */
const entries: Readonly<Record<string, object>> = {
  ...packages,
  'core/linalg': linalg,
  'core/gpu': gpu,
  examples: run,
}

/** Names an example may use: its own package's, then those of the packages below. */
const scopeOf = (path: string): Readonly<Record<string, unknown>> => {
  const own = libraryRooms.findIndex((room) => path.startsWith(`${room}/`))
  const visible = libraryRooms.slice(0, own + 1)
  return Object.assign({}, ...visible.map((room) => packages[room])) as Record<string, unknown>
}

/** Examples import nothing: what they need is in scope. */
const nothing = (module: string): Promise<never> => {
  throw new Error(`an example imports ${module}`)
}

describe('docstrings', () => {
  it.each(Object.keys(entries))('stand above every function that %s exports', (room) => {
    const values = entries[room] as Readonly<Record<string, unknown>>
    const exported = exportsOf(read(`${room}/index.ts`), read)
    // The parser of this spec finds what the runtime finds.
    expect(exported.map((e) => e.as)).toEqual(expect.arrayContaining(Object.keys(values)))
    // Operations named like a primitive say what they do in the primitive's `equation`.
    const bare = exported.filter(
      (e) =>
        e.doc === undefined && typeof values[e.as] === 'function' && !(e.as in core.primitives),
    )
    expect(bare.map((e) => `${e.path}:${e.line} ${e.as}`)).toEqual([])
  })

  const examples = sources(libraryRooms).flatMap(examplesIn)

  it('hold examples', () => {
    expect(examples.length).toBeGreaterThanOrEqual(15)
  })

  it.each(examples.map((example) => [`${example.path}:${example.line}`, example] as const))(
    'the example at %s runs and gives what it says',
    async (_, example) => {
      const { checked, problems } = await broken(example, nothing, scopeOf(example.path))
      expect(problems).toEqual([])
      expect(checked, 'an example ends with what it gives: expression // → value').toBe(1)
    },
  )
})

describe('the checks of docstrings see', () => {
  const file = (text: string): File => ({ path: 'core/a.ts', text })

  it('which exports have a docstring of their own', () => {
    const text = `/** The file. */
import 'x'
/** One. */
export const one = () => 1
export const two = () => 2
// Not a docstring.
export function three() {}
const hidden = 4`
    expect(declaredIn(file(text)).map(({ name, line, doc }) => [name, line, doc])).toEqual([
      ['one', 4, 'One.'],
      ['two', 5, undefined],
      ['three', 7, undefined],
    ])
  })

  it('what an index hands on, renamed or all', () => {
    const index = {
      path: 'core/index.ts',
      text: "export { a as b } from './a.ts'\nexport * from './c/d.ts'",
    }
    const files: Record<string, string> = {
      'core/a.ts': 'export const a = 1\nexport const other = 2',
      'core/c/d.ts': '/** D. */\nexport class D {}',
    }
    const found = exportsOf(index, (path) => ({ path, text: files[path]! }))
    expect(found.map((e) => [e.as, e.path, e.doc])).toEqual([
      ['b', 'core/a.ts', undefined],
      ['D', 'core/c/d.ts', 'D.'],
    ])
  })

  it('an example with its line, and one that is wrong', async () => {
    const text = '\n/**\n * Adds.\n *\n * @example add(1, 2) // → 4\n * @internal\n */\n'
    const [example, ...more] = examplesIn(file(text))
    expect(more).toEqual([])
    expect(example).toEqual({ path: 'core/a.ts', line: 5, code: 'add(1, 2) // → 4' })
    const { problems } = await broken(example!, nothing, scopeOf('core/a.ts'))
    expect(problems).toEqual(['core/a.ts:5: promises 4, gives 3'])
  })
})
