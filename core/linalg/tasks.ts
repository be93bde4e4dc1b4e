import type { Task } from '../tiles/index.ts'
import { centreTask } from './centre.ts'
import { factorTask } from './factor.ts'
import { productTask } from './gram.ts'
import { vectorTask } from './vectors.ts'

/** These are all tasks of linear algebra that threads share, by name. */
export const tasks: readonly Task<never>[] = [productTask, factorTask, vectorTask, centreTask]
