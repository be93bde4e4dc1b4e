import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { largest } from '../../core/values/index.ts'
import { writeBundle } from './bundle.ts'
import type { Contender } from './contenders.ts'
import { batchOf, type Item, itemsOf, nameOf, sizes } from './items.ts'
import { measureItem, type Rules } from './measure.ts'
import { type Report, type Settings, thisMachine } from './report.ts'

// This file measures all items one after the other, with parameters and configurations that all
// contenders share.

/** A turn is at least about this long, so that clocks and pipes do not matter. */
const TURN_SECONDS = 0.08
/** VMC steps that take minutes need only a few turns. */
const BUDGET_SECONDS = 20

const countFor = (items: readonly Item[]): number => largest(items.map(batchOf))

/** Runs `use` with a temporary folder. */
const withFolder = async <T>(use: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'psigrad-bench-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export const runBench = (
  settings: Settings,
  contenders: readonly Contender[],
  say: (line: string) => void,
): Promise<Report> =>
  withFolder(async (folder) => {
    const items = itemsOf(settings.work, settings.sizes, settings.precisions, settings.batch)
    const rules: Rules = {
      repeats: settings.repeats,
      turnSeconds: TURN_SECONDS,
      budgetSeconds: BUDGET_SECONDS,
    }
    const bundleOf = (item: Item): string => join(folder, `${item.size}.safetensors`)
    for (const size of settings.sizes)
      writeBundle(
        join(folder, `${size}.safetensors`),
        sizes[size],
        countFor(items.filter((item) => item.size === size)),
      )
    const start: Report = {
      date: new Date().toISOString(),
      machine: thisMachine(),
      settings,
      measured: [],
      dropped: [],
    }
    let report = start
    for (const [k, item] of items.entries()) {
      say(`${k + 1}/${items.length} ${nameOf(item)}`)
      const { measured, dropped } = await measureItem(item, contenders, bundleOf(item), rules, say)
      report = {
        ...report,
        measured: [...report.measured, ...measured],
        dropped: [...report.dropped, ...dropped],
      }
    }
    return report
  })
