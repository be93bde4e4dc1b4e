import { taskEither as TE } from 'fp-ts'
import { openDevice } from '../../../core/gpu/find.ts'
import { serveDevice } from '../../../core/gpu/serveDevice.ts'

// The thread of a device whose kernels never end.

serveDevice(() =>
  TE.map((device: import('../../../core/gpu/device.ts').Device) => ({
    ...device,
    kernel: () => ({ launch: () => new Promise<never>(() => {}), drop: () => {} }),
  }))(openDevice('cpu')),
)
