import type { Stage } from '../../../physics/index.ts'
import type { Terminal } from './screen.ts'

/** The milliseconds between two lines, and before the first. */
const EVERY = 5000

/** Writes a time in a form that is read at a glance. */
const duration = (ms: number): string =>
  ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`

const names: Readonly<Record<string, string>> = {
  orbits: 'listing orbits of configurations',
  matrix: 'building the matrix',
  sectors: 'finding the lowest energies',
}

/**
 * Writes lines to stderr every few seconds: the stage of the calculation, its finished share, and
 * the time that the rest will take.
 */
export const exactProgress = (
  stderr: Pick<Terminal, 'write'>,
  now: () => number = () => performance.now(),
): ((stage: Stage) => void) => {
  let [name, began, written] = ['', now(), now()]
  return (stage) => {
    const time = now()
    if (stage.name !== name) {
      name = stage.name
      began = time
    }
    if (time - written < EVERY) return
    written = time
    const left =
      stage.share > 0
        ? `, about ${duration(((time - began) * (1 - stage.share)) / stage.share)} left`
        : ''
    stderr.write(`  ${names[name] ?? name}: ${Math.round(100 * stage.share)}%${left}\n`)
  }
}
