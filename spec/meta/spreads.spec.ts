import { describe, expect, it } from 'vitest'
import { libraryRooms, sources } from './files.ts'
import { spreads } from './spreads.ts'

const found = (text: string): number => spreads([{ path: 'core/a.ts', text }]).length

describe('lists as arguments', () => {
  it('stand nowhere in the library and the command line: use core/values/extremes.ts and reduce', () => {
    // Specs work on lists that they made, and are left out.
    const all = sources([...libraryRooms, 'examples'])
    expect(all.length).toBeGreaterThan(250)
    expect(spreads(all)).toEqual([])
  })

  it('are seen where their length is that of the data', () => {
    for (const text of [
      'Math.max(...xs)',
      'Math.max(1, ...xs.map(Math.abs))',
      'Math.min(...xs, 2)',
      'Math["max"](...xs)',
      'Math.hypot(...v)',
      'const { max } = Math; max(...xs)',
      'all.push(...more)',
      'all!.push(...more)',
      'all.rows[0]!.push(0, ...(more ?? []))',
      'all.unshift(...more)',
      'all.splice(0, 0, ...more)',
      'all.concat(...lists)',
      'Array.of(...xs)',
      'Float64Array.of(...xs)',
      'String.fromCharCode(...codes)',
      'Object.assign({}, ...parts)',
      'new Date(...xs)',
      'code(...parts)',
      'Math.max.apply(null, xs)',
      'Math.max.apply(Math, xs)',
      'String.fromCharCode.apply(undefined, codes)',
      'all.push.apply(all, more)',
      'Reflect.apply(f, null, xs)',
      'f.apply(this, xs)',
      'Math.max(...[1, ...xs])',
    ])
      expect([text, found(text)]).toEqual([text, 1])
  })

  it('are left alone where they are written out, or where a function has its own arity', () => {
    for (const text of [
      'Math.max(x, y)',
      'all.push(...[1, 2])',
      'all.push(...(more ? [1] : []))',
      'layer.apply(params, x)',
      'builder.apply(op, ...operands)',
      'f(...operands)',
      '[...xs, ...ys]',
      'Math.max(...[[1, ...[2]].length])',
    ])
      expect([text, found(text)]).toEqual([text, 0])
  })
})
