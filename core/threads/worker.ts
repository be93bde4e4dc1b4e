import { tasks } from '../linalg/tasks.ts'
import { serve } from './serve.ts'

// The script of a worker thread, in Node and in a page.

serve(tasks)
