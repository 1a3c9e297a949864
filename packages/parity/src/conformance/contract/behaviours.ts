import type { Behaviour } from './behaviour.ts'
import { compilation } from './compilation.ts'
import { disposal } from './disposal.ts'
import { exposure } from './exposure.ts'
import { running } from './running.ts'

/** What `Backend`'s comments promise, point by point. */
export const behaviours: readonly Behaviour[] = [...compilation, ...running, ...exposure, ...disposal]
