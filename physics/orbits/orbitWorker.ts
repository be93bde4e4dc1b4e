import { serve } from '../../core/threads/index.ts'
import { buildTask, countTask } from './orbitMatrix.ts'
import { productTask } from './sectorMatrix.ts'

// The script of a thread that helps with exact diagonalisation.

serve([countTask, buildTask, productTask])
