import { fileURLToPath } from 'node:url'
import { suspects } from '../mutate/mutations.ts'
import { type File, libraryRooms, sources } from './files.ts'
import { circles, climbs, namesakes, sideDoors } from './floors.ts'
import { findersOf } from './found.ts'
import { codeLinesOf, withoutImports } from './size.ts'

// The counts of the house. `npm run house` prints them; floors.spec.ts and size.spec.ts keep them.

/** Subjects of their own: what makes a program quick, and what verifies its derivatives. */
const machines = [
  'core/messages',
  'core/lowering',
  'core/tiles',
  'core/wasm',
  'core/threads',
  'core/linalg',
  'core/gpu',
  'autodiff/verify',
  'autodiff/inspect',
]

const linesOf = (files: readonly File[]): number => codeLinesOf(files.map(withoutImports))

export interface House {
  /** Lines of code of core and autodiff without their machines; imports are not counted. */
  readonly readable: number
  /** The same of each machine. */
  readonly machines: Readonly<Record<string, number>>
  readonly circles: readonly string[]
  readonly climbs: readonly string[]
  readonly sideDoors: readonly string[]
  readonly namesakes: readonly string[]
  /** Assertions `!` in the two tables of rules. */
  readonly bangs: number
}

const bangsIn = ({ text }: File): number => (text.match(/[\w)\]]!(?=[\s,.)\]])/g) ?? []).length

export const house = (files: readonly File[]): House => {
  const of = (folder: string): readonly File[] =>
    files.filter(({ path }) => path.startsWith(`${folder}/`))
  const machinery = machines.flatMap(of)
  const readable = files.filter(
    (file) =>
      (file.path.startsWith('core/') || file.path.startsWith('autodiff/')) &&
      !machinery.includes(file),
  )
  const paths = files.map(({ path }) => path).filter((path) => !path.startsWith('examples/bench/'))
  return {
    readable: linesOf(readable),
    machines: Object.fromEntries(machines.map((folder) => [folder, linesOf(of(folder))])),
    circles: circles(files),
    climbs: climbs(files),
    sideDoors: sideDoors(files),
    namesakes: [...namesakes(paths).keys()],
    bangs: files
      .filter(({ path }) => /^autodiff\/derivatives\/(vjp|jvp)Rules\.ts$/.test(path))
      .reduce((n, file) => n + bangsIn(file), 0),
  }
}

const printCounts = (files: readonly File[]): void => {
  const counted = house(files)
  const list = (names: readonly string[]): string =>
    names.length === 0 ? 'none' : `${names.length}: ${names.join(', ')}`
  console.log(`readable core and autodiff  ${counted.readable} lines of code, imports not counted`)
  for (const [name, lines] of Object.entries(counted.machines))
    console.log(`  ${name.padEnd(25)} ${lines}`)
  console.log(`folders in circles          ${list(counted.circles)}`)
  console.log(`imports upwards             ${list(counted.climbs)}`)
  console.log(`imports past an index       ${list(counted.sideDoors)}`)
  console.log(`file names that stand twice ${list(counted.namesakes)}`)
  console.log(`! in the tables of rules    ${counted.bangs}`)
}

/** Prints the specs that find faults in a file, and what says so. */
const printFinders = (files: readonly File[], path: string): void => {
  const specs = sources(['spec']).filter((spec) => spec.path.endsWith('.spec.ts'))
  const finders = findersOf(files, specs, suspects).get(path)
  if (finders === undefined) throw new Error(`${path} is no source file, as core/values/tree.ts is`)
  for (const { spec, by } of finders) console.log(`${spec}  by ${by}`)
}

// `npm run -s house -- --found FILE` prints where a file is specified.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = sources([...libraryRooms, 'examples'])
  const [option, path = ''] = process.argv.slice(2)
  if (option === '--found') printFinders(files, path)
  else printCounts(files)
}
