import type { LogPsi } from '../configurations/index.ts'
import type { Move } from './moves.ts'
import type { Supported } from './support.ts'
import { chosen, draw, ratioOf, type Walkers } from './walkers.ts'

/** Returns the chains as rows of spins, for any number of sites. */
export const rowWalkers = (
  sites: number,
  move: Move,
  logPsi: LogPsi,
  power: number,
  { chains: start, logAmplitude: from }: Supported,
): Walkers => {
  const count = start.length / sites
  const sets = move.sites.length / 2
  const chains = start.slice()
  const logAmplitude = from.slice()
  const proposed = new Int8Array(start.length)
  const movers = new Int32Array(count)
  let [tried, accepted] = [0, 0]
  return {
    propose: (words) => {
      let moving = 0
      for (let c = 0; c < count; c += 1) {
        const set = chosen(words, c, sets)
        const a = c * sites + move.sites[2 * set]!
        const second = move.sites[2 * set + 1]!
        const b = second < 0 ? -1 : c * sites + second
        if (b >= 0 && chains[a] === chains[b]) continue
        const row = moving * sites
        for (let i = 0; i < sites; i += 1) proposed[row + i] = chains[c * sites + i]!
        proposed[row + a - c * sites]! *= -1
        if (b >= 0) proposed[row + b - c * sites]! *= -1
        movers[moving] = c
        moving += 1
      }
      if (moving === 0) return
      const next = logPsi(proposed.slice(0, moving * sites)).re
      tried += moving
      for (let m = 0; m < moving; m += 1) {
        const c = movers[m]!
        if (!(draw(words, c) < ratioOf(next[m]!, logAmplitude[c]!, power))) continue
        accepted += 1
        logAmplitude[c] = next[m]!
        for (let i = 0; i < sites; i += 1) chains[c * sites + i] = proposed[m * sites + i]!
      }
    },
    write: (c, out, offset) => {
      for (let i = 0; i < sites; i += 1) out[offset + i] = chains[c * sites + i]!
    },
    logAmplitude: (c) => logAmplitude[c]!,
    tried: () => tried,
    accepted: () => accepted,
  }
}
