import type { Detail, Report, Row } from '../src/report/report.ts'

const key = {
  runtime: 'depthwise-wasm',
  model: 'v2',
  alpha: 1,
  resolution: 224,
  precision: 'float32',
  threads: 1,
  where: 'node',
} as const

export function row(changes: Partial<Row> = {}): Row {
  return {
    ...key,
    minMs: 10,
    medianMs: 11,
    p90Ms: 12,
    coldMs: 70,
    rssMB: 80,
    downloadBytes: 33_000,
    maxAbsDiff: 1e-6,
    ...changes,
  }
}

export function report(rows: readonly Row[], spread = 0.02): Report {
  return {
    format: 'depthwise-bench',
    version: 1,
    date: '2026-11-24T12:00:00.000Z',
    command: 'pnpm bench --quick',
    quick: true,
    seconds: 100,
    machine: {
      cpu: 'Test CPU <1 & 2>',
      cores: 2,
      memoryGB: 23,
      system: 'Linux',
      node: '24.0.0',
      v8: '13',
      chromium: null,
      adapter: null,
      versions: { 'onnxruntime-web': '1.30.0' },
      flags: [],
      load: [0.1, 1],
    },
    ceilingGflops: 60,
    rows,
    details: rows.map(own => detail(own, spread)),
    stopped: [{ ...key, runtime: 'tfjs-webgpu', reason: 'tfjs found no WebGPU adapter' }],
    throughput: [
      {
        runtime: 'depthwise-wasm',
        model: 'v2',
        alpha: 1,
        resolution: 224,
        where: 'node',
        processes: 2,
        threads: 1,
        imagesPerSecond: 150,
      },
    ],
    profiles: [
      {
        runtime: 'depthwise-wasm',
        model: 'v2',
        alpha: 1,
        resolution: 224,
        where: 'node',
        layers: [
          { name: 'a', category: 'pointwise', kernel: 'pw', ms: 2, macs: 50e6, bytes: 1e6 },
          { name: 'b', category: 'depthwise', kernel: 'dw', ms: 1, macs: 10e6, bytes: 2e6 },
          { name: 'c', category: 'pointwise', kernel: 'pw', ms: 1, macs: 25e6, bytes: 1e6 },
        ],
      },
    ],
    macs: [
      { model: 'v2', alpha: 1, resolution: 224, macs: 300e6 },
      { model: 'v2', alpha: 0.5, resolution: 224, macs: 100e6 },
    ],
  }
}

function detail(
  { runtime, model, alpha, resolution, precision, threads, where, medianMs, coldMs }: Row,
  spread: number,
) {
  const named: Detail = {
    ...{ runtime, model, alpha, resolution, precision, threads, where },
    sessionMs: [medianMs, medianMs * (1 + spread)],
    spread,
    runs: 30,
    coldMs: [coldMs],
    stages: [
      { name: 'import', milliseconds: 20 },
      { name: 'first run', milliseconds: 50 },
    ],
    spans: [],
    sameTop: true,
  }
  return named
}
