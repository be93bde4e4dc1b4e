import { type CalledFunction, coefficients } from '../lowering/lanes/index.ts'

// Elementary functions as sources. Graphics cards may compute few digits: WGSL requires 11 bits of
// sin and cos and 12 of atan2, and expm1, log1p and erf have to be made of other functions. So they
// are written out in operations that every card rounds well: +, −, ×, and exp, log, sqrt within a
// few ulp. They do not see the bits of a number, as lane code does, and split ranges differently.

/** An elementary function has a source for gpu.js, and calls others. */
export interface DeviceFunction {
  readonly source: string
  readonly calls: readonly FunctionName[]
}

export type FunctionName =
  | Exclude<CalledFunction, 'exp' | 'power'>
  | 'sineOf'
  | 'arctanOf'
  | 'powerOf'

/** Writes Σ coefficients[k] zᵏ by Horner's rule. */
const polynomial = (z: string, coefficients: readonly number[]): string =>
  coefficients
    .toReversed()
    .map(String)
    .reduce((sum, c) => `(${sum}) * ${z} + (${c})`)

/** Lane code has the coefficients for float32, with the ranges in which they hold. */
const arctan = coefficients.arctan.f32
const artanh = coefficients.artanh.f32
const [sine, cosine] = [coefficients.sin.f32, coefficients.cos.f32]
const [near, far] = [coefficients.erfNear.f32, coefficients.erfFar.f32]
const tanh = coefficients.tanh.f32

/**
 * The three parts add up to π/2: products of the first two with whole numbers up to 2¹³ are exact.
 * Lane code has parts with more digits, for fewer turns: it calls the host's function beyond.
 */
const HALF_PI = [1.5703125, 4.837512969970703e-4, 7.549789948768648e-8]

const of = (source: string, ...calls: readonly FunctionName[]): DeviceFunction => ({
  source,
  calls,
})

/**
 * These are the functions by name. All take and give numbers; sin and cos lose digits of large
 * numbers.
 */
export const functions: Readonly<Record<FunctionName, DeviceFunction>> = {
  // Near 0 by the tanh of the half: 2t/(1 + t²); beyond, 1 − 2/(e²ˣ + 1).
  tanh: of(`function tanhOf(x) {
    const a = Math.min(Math.abs(x), 20.5);
    const s = 0.5 * Math.min(Math.max(x, -0.69), 0.69);
    const z = s * s;
    const t = s * ((${polynomial('z', tanh.p)}) / (${polynomial('z', tanh.q)}));
    const far = 1 - 2 / (Math.exp(2 * a) + 1);
    return (a < 0.69) ? (2 * t / (1 + t * t)) : ((x < 0) ? -far : far);
  }`),
  expm1: of(
    `function expm1Of(x) {
    const t = tanhOf(x * 0.5);
    return (Math.abs(x) < 1.5) ? (2 * t / (1 - t)) : (Math.exp(x) - 1);
  }`,
    'tanh',
  ),
  log: of(
    `function logOf(x) {
    return ((x > 0.71) && (x < 1.41)) ? log1pOf(x - 1) : Math.log(x);
  }`,
    'log1p',
  ),
  log1p: of(`function log1pOf(x) {
    const s = x / (2 + x);
    const z = s * s;
    const near = 2 * s + s * z * (${polynomial('z', artanh)});
    return ((x > -0.29) && (x < 0.41)) ? near : Math.log(1 + x);
  }`),
  sineOf: of(`function sineOf(x, quarters) {
    const n = Math.floor(x * ${2 / Math.PI} + 0.5);
    const r = ((x - n * ${HALF_PI[0]}) - n * ${HALF_PI[1]}) - n * ${HALF_PI[2]};
    const z = r * r;
    const sine = r + r * z * (${polynomial('z', sine)});
    const cosine = (1 - z * 0.5) + z * z * (${polynomial('z', cosine)});
    const q = n + quarters;
    const turn = q - 4 * Math.floor(q * 0.25);
    const odd = (turn === 1) || (turn === 3);
    const size = odd ? cosine : sine;
    return (turn > 1.5) ? -size : size;
  }`),
  sin: of('function sinOf(x) { return sineOf(x, 0); }', 'sineOf'),
  cos: of('function cosOf(x) { return sineOf(x, 1); }', 'sineOf'),
  arctanOf: of(`function arctanOf(q) {
    const z = q * q;
    return q - q * (z * (${polynomial('z', arctan.top)}) / (${polynomial('z', arctan.bottom)}));
  }`),
  atan2: of(
    `function atan2Of(y, x) {
    const ax = Math.abs(x);
    const ay = Math.abs(y);
    const long = Math.max(Math.max(ax, ay), 1e-37);
    const short = Math.min(ax, ay);
    const angle = arctanOf(short / long);
    const first = (ay > ax) ? (${Math.PI / 2} - angle) : angle;
    const half = (x < 0) ? (${Math.PI} - first) : first;
    return (y < 0) ? -half : half;
  }`,
    'arctanOf',
  ),
  erf: of(`function erfOf(x) {
    const a = Math.min(Math.abs(x), ${far.limit});
    const z = a * a;
    const near = x + x * ((${polynomial('z', near.p)}) / (${polynomial('z', near.q)}));
    const far = 1 - Math.exp(-z) * ((${polynomial('a', far.p)}) / (${polynomial('a', far.q)}));
    return (a < 0.9) ? near : ((x < 0) ? -far : far);
  }`),
  powerOf: of(
    `function powerOf(x, p, odd) {
    const size = Math.exp(p * logOf(Math.abs(x)));
    return (x < 0) ? (odd * size) : size;
  }`,
    'log',
  ),
}

/** Lists the functions and all that they call, callees first. */
export const withCallees = (names: Iterable<FunctionName>): FunctionName[] => {
  const found = new Set<FunctionName>()
  const visit = (name: FunctionName): void => {
    if (found.has(name)) return
    for (const callee of functions[name].calls) visit(callee)
    found.add(name)
  }
  for (const name of names) visit(name)
  return [...found]
}
