import type { Task } from '../tiles/index.ts'
import { centreTask } from './centre.ts'
import { factorTask } from './factor.ts'
import { productTask } from './gram.ts'
import { vectorTask } from './vectors.ts'

/** Everything that threads share of linear algebra, by name. */
export const tasks: readonly Task<never>[] = [productTask, factorTask, vectorTask, centreTask]
