import type { CalledFunction } from '../lowering/lanes/index.ts'

// Elementary functions as sources. Graphics cards are free to give few digits: WGSL asks of sin and
// cos for 11 bits, of atan2 for 12, and expm1, log1p and erf have to be made of others. So they are
// written out, from what every card rounds well: +, −, ×, and exp, log, sqrt within a few ulp.

/** An elementary function as gpu.js reads it, and those it calls. */
export interface DeviceFunction {
  readonly source: string
  readonly calls: readonly FunctionName[]
}

export type FunctionName =
  | Exclude<CalledFunction, 'exp' | 'power'>
  | 'sineOf'
  | 'arctanOf'
  | 'powerOf'

/** Σ coefficients[k] zᵏ by Horner's rule. */
const polynomial = (z: string, coefficients: readonly number[]): string =>
  coefficients
    .toReversed()
    .map(String)
    .reduce((sum, c) => `(${sum}) * ${z} + (${c})`)

/** tanh x = x + x z P(z)/Q(z) near 0 (Cephes), 1 − 2/(e²ˣ + 1) beyond. */
const TANH_P = [-1614.6876844170845, -99.28772310019185, -0.9643991794250523]
const TANH_Q = [4844.063053251255, 2235.4883906010045, 112.81167849163293, 1.0]

/** 2 artanh s = 2s (1 + z/3 + z²/5 + …), z = s². */
const ARTANH = [2, 2 / 3, 2 / 5, 2 / 7, 2 / 9, 2 / 11]

/** π/2 in three parts: products of the first two with small whole numbers are exact. */
const HALF_PI = [1.5703125, 4.837512969970703e-4, 7.549789948768648e-8]
/** sin r = r + r z S(z), cos r = 1 − z/2 + z² C(z), |r| ≤ π/4; as the compiler has them. */
const SIN = [-0.16666655242443085, 0.00833216030150652, -0.00019515270832926035]
const COS = [0.04166664555668831, -0.0013887316454201937, 2.4433142243651673e-5]

/** arctan q = q − q z A(z)/B(z), 0 ≤ q ≤ 1; as the compiler has it. */
const ARCTAN_A = [6.565061569213867, 5.674585819244385, 0.8233582973480225]
const ARCTAN_B = [19.695188522338867, 28.840736389160156, 11.334968566894531, 1]

/** erf x = x + x P(z)/Q(z) for |x| < 0.9; 1 − e⁻ᶻ P(x)/Q(x) up to 3.95; as the compiler has it. */
const NEAR_P = [3.500293731689453, -9.03766918182373, -0.3621937334537506, -0.03832930698990822]
const NEAR_Q = [27.265277862548828, 9.48377513885498, 1]
const FAR_P = [2.3949108123779297, 1.7898390293121338, 0.5661583542823792]
const FAR_Q = [2.393171787261963, 4.502058982849121, 3.215832471847534, 1]

const of = (source: string, ...calls: readonly FunctionName[]): DeviceFunction => ({
  source,
  calls,
})

/** Functions by name. All take and give numbers; arguments beyond ±large lose digits. */
export const functions: Readonly<Record<FunctionName, DeviceFunction>> = {
  tanh: of(`function tanhOf(x) {
    const a = Math.min(Math.abs(x), 20.5);
    const z = a * a;
    const near = x + x * z * ((${polynomial('z', TANH_P)}) / (${polynomial('z', TANH_Q)}));
    const far = 1 - 2 / (Math.exp(2 * a) + 1);
    return (a < 0.625) ? near : ((x < 0) ? -far : far);
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
    return (Math.abs(x - 1) < 0.3) ? log1pOf(x - 1) : Math.log(x);
  }`,
    'log1p',
  ),
  log1p: of(`function log1pOf(x) {
    const s = x / (2 + x);
    const z = s * s;
    return (Math.abs(x) < 0.35) ? (s * (${polynomial('z', ARTANH)})) : Math.log(1 + x);
  }`),
  sineOf: of(`function sineOf(x, quarters) {
    const n = Math.floor(x * ${2 / Math.PI} + 0.5);
    const r = ((x - n * ${HALF_PI[0]}) - n * ${HALF_PI[1]}) - n * ${HALF_PI[2]};
    const z = r * r;
    const sine = r + r * z * (${polynomial('z', SIN)});
    const cosine = (1 - z * 0.5) + z * z * (${polynomial('z', COS)});
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
    return q - q * (z * (${polynomial('z', ARCTAN_A)}) / (${polynomial('z', ARCTAN_B)}));
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
    const a = Math.min(Math.abs(x), 3.95);
    const z = a * a;
    const near = x + x * ((${polynomial('z', NEAR_P)}) / (${polynomial('z', NEAR_Q)}));
    const far = 1 - Math.exp(-z) * ((${polynomial('a', FAR_P)}) / (${polynomial('a', FAR_Q)}));
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

/** The function and all that it calls, callees first. */
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
