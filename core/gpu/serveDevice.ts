import { either as E, type taskEither as TE } from 'fp-ts'
import { ownPort } from '../threads/index.ts'
import { type Problem, TensorError, wrap } from '../values/index.ts'
import { type Device, problemOfDevice, type WantedDevice } from './device.ts'
import { type Request, type RunRequest, refuse, signalProgress, succeed } from './link.ts'
import { type DeviceProgram, deviceProgram } from './runKernels.ts'

// The thread with the device opens it, receives programs and runs them, one request after the
// other.

/** Serves the thread that started this one with devices that `open` opens. */
export const serveDevice = (open: (mode: WantedDevice) => TE.TaskEither<Problem, Device>): void => {
  let device: Device | undefined
  const programs = new Map<number, E.Either<unknown, DeviceProgram>>()
  const problemOf = (error: unknown): Problem =>
    error instanceof TensorError ? error.problem : problemOfDevice(device?.mode ?? 'cpu', error)

  const run = async ({ id, shared, rows, out, samples, answer }: RunRequest): Promise<void> => {
    try {
      const program = programs.get(id)!
      if (E.isLeft(program)) throw program.left
      await program.right.run({
        shared: shared.map(({ data, shape }) => wrap(data, shape)),
        rows,
        out,
        samples,
        alive: () => signalProgress(answer),
      })
      succeed(answer)
    } catch (error) {
      refuse(answer, problemOf(error))
    }
  }
  const serve = async (request: Request): Promise<void> => {
    switch (request.kind) {
      case 'open': {
        const opened = await open(request.mode)()
        if (E.isLeft(opened)) return refuse(request.answer, opened.left)
        device = opened.right
        return succeed(request.answer, device.mode)
      }
      case 'learn':
        // No caller waits for this; a problem is reported when the program is run.
        programs.set(
          request.id,
          E.tryCatch(
            () => deviceProgram(device!, request.program, request.perSample, request.summed),
            (error) => error,
          ),
        )
        return
      case 'run':
        return run(request)
    }
  }
  let before: Promise<void> = Promise.resolve()
  ownPort()?.listen((message) => {
    before = before.then(() => serve(message as Request))
  })
}
