import { createRequire } from 'node:module'
import type { Inputs, Outputs, Tensor, TensorLike } from '@depthwise/core'

// The runtime asks for no telemetry where this is set before it is loaded.
process.env['ORT_DISABLE_TELEMETRY'] = '1'
const ort = createRequire(import.meta.url)('onnxruntime-node') as typeof import('onnxruntime-node')

/** A file in native onnxruntime, on one core of the CPU; `disabled`: with every operator computed as it stands. */
export async function openOnnx(bytes: Uint8Array, optimisation: 'all' | 'disabled' = 'all') {
  const session = await ort.InferenceSession.create(bytes, {
    graphOptimizationLevel: optimisation,
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  })
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    run: async (inputs: Inputs): Promise<Outputs> => {
      const feeds = session.inputNames.map((name, i) => {
        const shape = session.inputMetadata[i]
        return [name, tensorOf(inputs[name] as TensorLike, shape && 'shape' in shape ? shape.shape : [])] as const
      })
      const results = await session.run(Object.fromEntries(feeds))
      return Object.fromEntries(
        session.outputNames.map(name => {
          const { dims, data } = results[name] as import('onnxruntime-node').Tensor
          return [name, { dtype: 'float32', shape: dims, data: data as Float32Array } as Tensor<'float32'>]
        }),
      )
    },
    [Symbol.asyncDispose]: () => session.release(),
  }
}

/** Runs a file once. */
export async function runOnnx(bytes: Uint8Array, inputs: Inputs, optimisation?: 'all' | 'disabled'): Promise<Outputs> {
  await using session = await openOnnx(bytes, optimisation)
  return await session.run(inputs)
}

function tensorOf(value: TensorLike, shape: readonly (number | string)[]): import('onnxruntime-node').Tensor {
  const data = 'data' in value ? value.data : value
  const dims = 'data' in value ? value.shape : shape.map(Number)
  if (data instanceof Float32Array) return new ort.Tensor('float32', data, dims)
  if (data instanceof Uint8Array) return new ort.Tensor('uint8', data, dims)
  if (data instanceof Int8Array) return new ort.Tensor('int8', data, dims)
  return new ort.Tensor('int32', data as Int32Array, dims)
}
