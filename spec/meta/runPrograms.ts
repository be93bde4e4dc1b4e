import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Block, prepared } from './blocks.ts'

// Runs programs of documents, one after the other, in a process that was started as README.md says:
// by tsx, from a folder in `mine`. One process for all, because loading psigrad takes as long as
// most programs run.
//
//   tsx spec/meta/runPrograms.ts FOLDER    reads FOLDER/blocks.json, writes FOLDER/outcomes.json

/** The outcome of a program: the number of promised values, and problems with them. */
export interface Outcome {
  readonly checked: number
  readonly problems: readonly string[]
}

const scope = globalThis as { __seen?: (k: number, value: unknown) => unknown }

const outcomeOf = async (block: Block, path: string): Promise<Outcome> => {
  const { code, checked, judge } = prepared(block)
  const seen = new Map<number, unknown>()
  scope.__seen = (k, value) => seen.set(k, value)
  writeFileSync(path, code)
  try {
    await import(pathToFileURL(path).href)
    return { checked, problems: judge(seen) }
  } catch (error) {
    return { checked: 0, problems: [`${block.path}:${block.line}: ${error}`] }
  }
}

const folder = resolve(process.argv[2]!)
const blocks = JSON.parse(readFileSync(join(folder, 'blocks.json'), 'utf8')) as readonly Block[]
const outcomes: Outcome[] = []
// What a program leaves behind goes with the folder.
process.chdir(folder)
for (const [k, block] of blocks.entries())
  outcomes.push(await outcomeOf(block, join(folder, `${k}.ts`)))
writeFileSync(join(folder, 'outcomes.json'), JSON.stringify(outcomes))
