// What files compute behind their network, on the host: checking, running and storing it. Sessions load this with their first tail.

export { checkTail } from './check.ts'
export { tailFromJSON } from './from-json.ts'
export { checkTailElements, tailShapes } from './rules.ts'
export { prepareTail, type TailProgram } from './run.ts'
export { tailToJSON } from './to-json.ts'
