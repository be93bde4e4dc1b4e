import { fitsWithin, szSector } from '../../physics/index.ts'
import type { Effort, TrainConfig } from '../settings/index.ts'

// This table says how large a run is, by the lattice and the effort that its user wants.

/** The settings of a run that its size determines. */
export interface Size
  extends Partial<
    Pick<
      TrainConfig,
      'layers' | 'dim' | 'heads' | 'samples' | 'precision' | 'lr' | 'lrSchedule' | 'diagShift'
    >
  > {
  readonly steps: number
  /** The steps before all symmetries are summed over; Infinity: they never are. */
  readonly before: number
}

/** The lattices that need runs of one size. */
export type Extent = 'small' | 'middle' | 'large' | 'largest'

/** Sums over all symmetries are cheap where every orbit is evaluated once in a step: 16 sites. */
const SMALL_STATES = 12_870
/** Up to 24 sites there are still fewer orbits than samples with their neighbours. */
const MIDDLE_STATES = 3_000_000
/** Up to 40 sites the last steps can sum over all symmetries, those of a torus of 6x6 sites. */
const LARGE_SITES = 40

/** Returns the class of a lattice with so many sites. */
export const extentOf = (sites: number): Extent => {
  const sector = szSector(sites)
  if (fitsWithin(sector, SMALL_STATES)) return 'small'
  if (fitsWithin(sector, MIDDLE_STATES)) return 'middle'
  return sites <= LARGE_SITES ? 'large' : 'largest'
}

const middle = { lr: 0.03, lrSchedule: 'linear', precision: 'float32', samples: 8192 } as const
const large = {
  layers: 2,
  dim: 16,
  heads: 8,
  samples: 1024,
  precision: 'float32',
  lr: 0.03,
  lrSchedule: 'linear',
  diagShift: 4e-3,
} as const

/** The table of sizes. A setting that a size does not have keeps its default. */
export const sizes: Readonly<Record<Extent, Readonly<Record<Effort, Size>>>> = {
  small: {
    quick: { samples: 16_384, steps: 50, before: 0 },
    normal: { samples: 16_384, steps: 80, before: 0 },
    long: { samples: 16_384, steps: 160, before: 0, dim: 16, heads: 8, lrSchedule: 'linear' },
  },
  middle: {
    quick: { ...middle, steps: 100, before: 0 },
    normal: { ...middle, steps: 200, before: 0, dim: 16, heads: 8 },
    long: { ...middle, steps: 400, before: 0, dim: 24, heads: 12 },
  },
  large: {
    quick: { ...large, steps: 180, before: 150 },
    normal: { ...large, steps: 280, before: 200 },
    long: { ...large, steps: 380, before: 200, dim: 24, heads: 12 },
  },
  largest: {
    quick: { ...large, steps: 150, before: Number.POSITIVE_INFINITY },
    normal: { ...large, steps: 400, before: Number.POSITIVE_INFINITY },
    long: { ...large, steps: 800, before: Number.POSITIVE_INFINITY, dim: 24, heads: 12 },
  },
}
