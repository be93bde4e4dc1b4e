import { describe, expect, it } from 'vitest'
import { type File, sources } from './files.ts'
import { circles, climbs, floorOf, namesakes, sideDoors, unlisted } from './floors.ts'

const house = sources(['core', 'autodiff', 'models', 'physics', 'examples'])

/** The benchmark is a program of its own, with a lock file of its own. */
const unique = house.map(({ path }) => path).filter((path) => !path.startsWith('examples/bench/'))

describe('the floors of the house', () => {
  it('have a place for every folder', () => {
    expect(house.length).toBeGreaterThan(250)
    expect(unlisted(house)).toEqual([])
  })

  it('are climbed by no import', () => {
    expect(climbs(house)).toEqual([])
    expect(circles(house)).toEqual([])
  })

  it('are entered by the index of a folder', () => {
    expect(sideDoors(house)).toEqual([])
  })

  it('have no two files of one name', () => {
    expect([...namesakes(unique)]).toEqual([])
  })
})

describe('the checks of floors see', () => {
  const file = (path: string, text: string): File => ({ path, text })
  const up = file('physics/lattice/a.ts', "import { b } from '../exact/index.ts'")
  const side = file('physics/exact/b.ts', "import type { A } from '../lattice/a.ts'")
  const late = file('examples/cli/main.ts', "const m = await import('../session/planTraining.ts')")

  it('the folder that a file is in', () => {
    expect(floorOf('core/lowering/lanes/exp.ts')).toEqual({
      room: 'core',
      folder: 'lowering/lanes',
    })
    expect(floorOf('core/lowering/lower.ts')).toEqual({ room: 'core', folder: 'lowering' })
    expect(floorOf('examples/cli/commands/x.ts')).toEqual({ room: 'examples', folder: 'cli' })
    expect(floorOf('physics/vmc.ts')).toEqual({ room: 'physics', folder: '.' })
    expect(unlisted([file('physics/attic/x.ts', '')])).toEqual(['physics/attic'])
  })

  it('an import upwards, a circle, and a side door, but not what is loaded late', () => {
    expect(climbs([up, side])).toEqual(['physics/lattice/a.ts imports physics/exact/index.ts'])
    expect(circles([up, side])).toEqual(['physics/exact and physics/lattice'])
    expect(sideDoors([up, side, late])).toEqual(['physics/exact/b.ts imports physics/lattice/a.ts'])
  })

  it('names that stand twice', () => {
    const paths = ['core/a/rows.ts', 'physics/rows.ts', 'core/index.ts', 'physics/index.ts']
    expect([...namesakes(paths)]).toEqual([['rows.ts', ['core/a/rows.ts', 'physics/rows.ts']]])
  })
})
