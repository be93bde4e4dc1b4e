import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as physics from '../../physics/index.ts'

// The exact ground state of a Hamiltonian, with what took long kept on disk.

/** The result that is kept: plain data, in units of the couplings. */
export interface ExactGround extends Omit<physics.SymmetricGround, 'sector'> {
  readonly sector: physics.Characters | null
  /** Configurations of the S^z sector. */
  readonly dimension: number
  /** That the calculation took. */
  readonly seconds: number
}

export interface ExactRequest {
  readonly lattice: physics.Lattice
  readonly operator: physics.Operator
  readonly sector: physics.Sector
  /** The lowest state of every sector of symmetry, not only of the ground state's. */
  readonly every?: boolean
  readonly threads?: number
  readonly progress?: (stage: physics.Stage) => void
}

/** Changes whenever what is kept means something else. */
const VERSION = 1
/** A result that took less time is not kept. */
const KEPT_SECONDS = 3

/** Environment: a folder, or `off`. Default: psigrad in the user's folder of caches. */
const folder = (): string | undefined => {
  const { PSIGRAD_CACHE, XDG_CACHE_HOME } = process.env
  if (PSIGRAD_CACHE === 'off') return undefined
  return PSIGRAD_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'psigrad')
}

/** The name of a Hamiltonian's file: the same for the same operator, whatever built it. */
const fileOf = ({ operator, sector, lattice, every }: ExactRequest): string => {
  const asked = JSON.stringify([VERSION, operator.strings, sector, lattice.name, every === true])
  return `exact-${createHash('sha256').update(asked).digest('hex').slice(0, 32)}.json`
}

const read = (path: string): ExactGround | undefined => {
  try {
    const found = JSON.parse(readFileSync(path, 'utf8')) as ExactGround
    return Number.isFinite(found.energy) ? found : undefined
  } catch {
    return undefined
  }
}

/** Writes a temporary file and renames it. If that fails, nothing is kept. */
const write = (at: string, name: string, ground: ExactGround): void => {
  try {
    mkdirSync(at, { recursive: true })
    const beside = join(at, `${name}.${process.pid}.tmp`)
    writeFileSync(beside, `${JSON.stringify(ground)}\n`)
    renameSync(beside, join(at, name))
  } catch {
    // A read-only home is no reason to lose the result.
  }
}

/** Returns an earlier result, if it was kept. */
export const keptGround = (request: ExactRequest): ExactGround | undefined => {
  const at = folder()
  const found = (every: boolean): ExactGround | undefined =>
    at === undefined ? undefined : read(join(at, fileOf({ ...request, every })))
  return found(true) ?? (request.every === true ? undefined : found(false))
}

/**
 * The ground state, from disk or calculated and kept.
 *
 * Errors  as `groundLevels`.
 */
export const exactGround = (request: ExactRequest): ExactGround => {
  const known = keptGround(request)
  if (known !== undefined) return known
  const { lattice, operator, sector, every = false, threads = 1, progress } = request
  const start = performance.now()
  const pool = physics.orbitThreads(threads)
  try {
    const found = physics.groundLevels(lattice, operator, sector, {
      team: pool.team,
      every,
      ...(progress === undefined ? {} : { progress }),
    })
    const seconds = (performance.now() - start) / 1000
    const ground = {
      ...found,
      sector: found.sector ?? null,
      dimension: physics.dimension(sector),
      seconds,
    }
    const at = folder()
    if (at !== undefined && seconds > KEPT_SECONDS) write(at, fileOf(request), ground)
    return ground
  } finally {
    pool.close()
  }
}
