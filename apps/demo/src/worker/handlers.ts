import { surveyBackends } from './backends.ts'
import { classify } from './classify.ts'
import { openDefault } from './default-model.ts'
import type { Handlers } from './protocol.ts'
import { useBackend } from './rooms.ts'

/**
 * How each call is answered. What only some rooms need is imported when it is first asked for: reading other people's
 * checkpoints, teaching, measuring and comparing are chunks of their own.
 */
export const handlers: Handlers = {
  backends: async () => ({ backends: await surveyBackends(), isolated: crossOriginIsolated }),
  use: async ({ backend }) => ({ backend: await useBackend(backend) }),
  openDrawing: ({ bytes }) => openDefault(bytes),
  openFiles: async ({ files }) => (await import('./checkpoints.ts')).openFiles(files),
  openUrl: async ({ url }, report) => (await import('./checkpoints.ts')).openUrl(url, report),
  kept: async () => (await import('./kept.ts')).listKept(),
  forget: async ({ url }) => (await import('./kept.ts')).forgetKept(url),
  classify,
  find: async ({ picture }) => (await import('./heads.ts')).find(picture),
  occlude: async (args, report) => (await import('./occlude.ts')).occlude(args, report),
  teach: async ({ name, picture }) => (await import('./teach.ts')).teach(name, picture),
  unteach: async ({ name }) => (await import('./teach.ts')).unteach(name),
  teachOn: async ({ slot }) => (await import('./teach.ts')).teachOn(slot),
  train: async (_, report) => (await import('./teach.ts')).train(report),
  ask: async ({ picture }) => (await import('./teach.ts')).answer(picture),
  saveTaught: async () => (await import('./teach.ts')).save(),
  loadTaught: async ({ bytes }) => (await import('./teach.ts')).load(bytes),
  inspect: async args => (await import('./inspect.ts')).inspect(args),
  calibrate: async () => (await import('./rates.ts')).calibrateBackend(),
  published: async () => (await import('./published.ts')).published(),
  measure: async (args, report) => (await import('./measure.ts')).measure(args, report),
  compare: async (args, report) => (await import('./compare.ts')).compare(args, report),
  manifold: async args => (await import('./manifold.ts')).manifold(args),
}
