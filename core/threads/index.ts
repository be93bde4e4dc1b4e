export { ownPort, startModule, type WorkerLike } from './host.ts'
export { type PoolOptions, type ThreadPool, threadPool } from './pool.ts'
export { serve } from './serveWork.ts'
export { waitWhile } from './wait.ts'
