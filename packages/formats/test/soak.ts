/** How often something runs: a small share in every test run, the full count in a soak. */
export function share(some: number, all: number): number {
  return process.env['DEPTHWISE_SOAK'] ? all : some
}
