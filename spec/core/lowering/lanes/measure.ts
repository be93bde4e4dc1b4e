import { power } from '../../../../core/lowering/lanes/functions.ts'
import type { Format } from '../../../../core/lowering/lanes/lanes.ts'
import { laneCode } from '../../../../core/lowering/lanes/lanes.ts'
import { integerAt, keyFrom, uniformAt } from '../../../../core/values/random.ts'
import {
  type Claim,
  claims,
  codeOf,
  errorOf,
  formats,
  inFormat,
  instructions,
  laneFunction,
  lanePower,
  powerError,
  powerErrorOf,
} from './claims.ts'

// Prints instructions, largest errors promised and found among random arguments. From the top:
// node --import tsx spec/core/lowering/lanes/measure.ts [arguments for each function]

const points = Number(process.argv[2] ?? 20000)
const key = keyFrom(1)
const view = new DataView(new ArrayBuffer(8))

/** Numbers of all exponents and, every other one, from where the function varies. */
const argumentAt = (i: number, format: Format, [low, high]: readonly [number, number]): number => {
  if (i % 2 === 0) return inFormat(low + uniformAt(key, i) * (high - low), format)
  view.setUint32(0, integerAt(key, i, 2 ** 32))
  view.setUint32(4, integerAt(key, i + points, 2 ** 32))
  const x = format === 'f64' ? view.getFloat64(0) : view.getFloat32(0)
  return Number.isFinite(x) ? x : high
}
const worst = (errorAt: (i: number) => number): number => {
  let most = 0
  for (let i = 0; i < points; i += 1) most = Math.max(most, errorAt(i))
  return most
}
const found = (claim: Claim, format: Format): number => {
  const f = laneFunction(claim.name, format)
  return worst((i) => {
    const x = argumentAt(i, format, claim.range)
    const y = argumentAt(i + 2 * points, format, claim.range)
    return errorOf(claim, format, f(x, y), x, y)
  })
}
const foundPower = (p: number, format: Format): number => {
  const f = lanePower(p, format)
  const top = (format === 'f64' ? 1020 : 126) / Math.max(1, Math.abs(p))
  return worst((i) => {
    const x = inFormat(2 ** ((2 * uniformAt(key, i) - 1) * top), format)
    return powerErrorOf(p, format, f(x, 0), x)
  })
}

console.log('                  instructions  promised, ulp  found, ulp')
for (const claim of claims)
  for (const format of formats)
    console.log(
      `${claim.name.padEnd(12)}${format}  ${String(instructions(codeOf(claim.name, format))).padStart(12)}` +
        `${String(claim.error[format]).padStart(15)}${found(claim, format).toFixed(3).padStart(12)}`,
    )
for (const p of [0.5, -0.5, -1.5, 2, 3, -2, 8, 0.3, 100.5, -333])
  for (const format of formats)
    console.log(
      `${`x^${p}`.padEnd(12)}${format}  ` +
        `${String(instructions(laneCode(format, (b) => [power(b, b.input(0), p)]))).padStart(12)}` +
        `${String(powerError(p)).padStart(15)}${foundPower(p, format).toFixed(3).padStart(12)}`,
    )
