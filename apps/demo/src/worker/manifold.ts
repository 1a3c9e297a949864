import { manifold as embed, type Manifold } from '@depthwise/cost'
import { registry } from './backends.ts'
import type { Calls } from './protocol.ts'
import { backendInUse } from './rooms.ts'

/** Figure 1 of the V2 paper, its products and its ReLU on the backend in use. */
export async function manifold({ dimensions, seed }: Calls['manifold']['args']): Promise<Manifold> {
  return embed({ backend: await registry.create(backendInUse()), n: dimensions, seed })
}
