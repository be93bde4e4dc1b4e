import type { Stage } from '../../physics/index.ts'
import type { Terminal } from './screen.ts'

/** Milliseconds between two lines, and before the first. */
const EVERY = 5000

/** Seconds in a form that is read at a glance. */
const duration = (ms: number): string =>
  ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`

const names: Readonly<Record<string, string>> = {
  orbits: 'listing orbits of configurations',
  matrix: 'building the matrix',
  sectors: 'finding the lowest energies',
}

/** Lines on stderr: what is being done, how much of it is, and the time that the rest will take. */
export const exactProgress = (
  stderr: Pick<Terminal, 'write'>,
  now: () => number = () => performance.now(),
): ((stage: Stage) => void) => {
  let [doing, began, told] = ['', now(), now()]
  return (stage) => {
    const time = now()
    if (stage.doing !== doing) {
      doing = stage.doing
      began = time
    }
    if (time - told < EVERY) return
    told = time
    const left =
      stage.share > 0
        ? `, about ${duration(((time - began) * (1 - stage.share)) / stage.share)} left`
        : ''
    const name = names[doing] ?? doing
    stderr.write(`  ${name}: ${Math.round(100 * stage.share)}%${left}\n`)
  }
}
