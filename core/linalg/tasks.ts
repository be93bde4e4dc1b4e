import type { Task } from '../threads/team.ts'
import { factorTask } from './factor.ts'
import { productTask } from './gram.ts'

/** Everything that threads share of linear algebra, by name. */
export const tasks: readonly Task<never>[] = [productTask, factorTask]
