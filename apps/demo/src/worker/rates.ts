import type { Graph } from '@depthwise/core'
import { calibrate, ceilings, type Machine, type Prediction, predict } from '@depthwise/cost'
import { registry } from './backends.ts'
import type { Calibrated } from './protocol.ts'
import { backendInUse } from './rooms.ts'

/** What was learnt of each backend on this device, while the page is open. */
const machines = new Map<string, Machine>()

export const machineOf = (backend: string): Machine | null => machines.get(backend) ?? null

/** The time of a network by the rates of a backend; null before it was calibrated. */
export function foretold(graph: Graph, backend: string): Prediction | null {
  const machine = machines.get(backend)
  return machine ? predict(graph, machine) : null
}

/** Learns how fast the backend in use is at each kind of kernel: some seconds. */
export async function calibrateBackend(): Promise<Calibrated> {
  const backend = await registry.create(backendInUse())
  const start = performance.now()
  const machine = await calibrate(backend)
  machines.set(backend.name, machine)
  const kinds = Object.entries(machine.rates).map(([kind, rates]) => {
    const { gigaflops, bandwidth, microsecondsPerCall } = ceilings(rates)
    return { kind, gigaflops, gigabytesPerSecond: bandwidth, microsecondsPerCall }
  })
  return { backend: backend.name, milliseconds: performance.now() - start, kinds }
}
