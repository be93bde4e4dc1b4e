import { ARCTAN } from './atan2.ts'
import { FAR, NEAR } from './erf.ts'
import { ARTANH } from './logarithm.ts'
import { TANH } from './tanh.ts'
import { COS, SIN } from './trigonometric.ts'

/**
 * These are coefficients of elementary functions, for targets that write the functions out in their
 * own way. The file of each function says what they mean and in which range they hold.
 */
export const coefficients = {
  arctan: ARCTAN,
  artanh: ARTANH,
  cos: COS,
  erfFar: FAR,
  erfNear: NEAR,
  sin: SIN,
  tanh: TANH,
} as const
