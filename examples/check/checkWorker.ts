import { parentPort, workerData } from 'node:worker_threads'
import { checkCandidates } from './checkCandidates.ts'
import type { CheckTask } from './threadMessages.ts'

// The script of the thread that checks one file.

await checkCandidates(workerData as CheckTask, (message) => parentPort?.postMessage(message))
