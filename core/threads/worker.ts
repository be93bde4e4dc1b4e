import { tasks } from '../linalg/index.ts'
import { serve } from './serveWork.ts'

// The script of a worker thread, in Node and in a page.

serve(tasks)
