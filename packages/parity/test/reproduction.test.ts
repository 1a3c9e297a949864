import { type Backend, FormatError, type Outputs, tensor } from '@depthwise/core'
import { readSafetensors, writeSafetensors } from '@depthwise/formats'
import { reference } from '@depthwise/ops-cpu'
import { compareBackends, type Reproduction, readReproduction, writeReproduction } from '@depthwise/parity'
import { describe, expect, it } from 'vitest'
import { wrongScale } from './faults.ts'
import { planted } from './planted.ts'
import { smallNetwork } from './small-network.ts'

const { graph, params, inputs } = smallNetwork()
const options = { reference: reference(), candidate: planted(wrongScale) }
const { first } = await compareBackends(graph, params, inputs, options)
const file = writeReproduction(first?.reproduction as Reproduction)

/** The file with another header. */
function withHeader(change: (header: Record<string, unknown>) => Record<string, unknown>): Uint8Array {
  const { tensors, metadata } = readSafetensors(file)
  const header = change(JSON.parse(metadata['depthwise.reproduction'] as string))
  return writeSafetensors(tensors, { metadata: { 'depthwise.reproduction': JSON.stringify(header) } })
}

describe('a backend that fails on parts of a network in another way', () => {
  /** Spoilt as above; of parts its answers are these. */
  const onParts = (answer: Outputs): Backend => ({
    ...planted(wrongScale),
    async compile(part, weights, how) {
      const executable = await planted(wrongScale).compile(part, weights, how)
      return part.nodes.length < graph.nodes.length / 2 ? { ...executable, run: async () => answer } : executable
    },
  })
  const reproductionOf = async (answer: (name: string) => Outputs) => {
    const candidate = onParts(answer(first?.node.name as string))
    const report = await compareBackends(graph, params, inputs, { reference: reference(), candidate })
    return report.first?.reproduction
  }

  it('with numbers that are too few', async () => {
    const short = tensor([1], [7])
    expect(await reproductionOf(name => ({ [name]: short }))).toMatchObject({ alone: true, found: short })
  })

  it('without an answer, which is not what was found', async () => {
    expect((await reproductionOf(() => ({})))?.found.data).not.toBeUndefined()
  })
})

describe('files that are none', () => {
  it.each<[string, (header: Record<string, unknown>) => Record<string, unknown>]>([
    ['another version', header => ({ ...header, version: 2 })],
    ['no graph', ({ graph: _, ...header }) => header],
    ['no runs', header => ({ ...header, runs: [] })],
    ['runs of sets that are not there', header => ({ ...header, runs: [0, 7] })],
    ['a tolerance below zero', header => ({ ...header, tolerance: { ofLargest: -1 } })],
    ['no tolerance', header => ({ ...header, tolerance: null })],
    ['no name', header => ({ ...header, candidate: 7 })],
    ['no word on whether it failed alone', header => ({ ...header, alone: 'yes' })],
  ])('%s', (_name, change) => {
    expect(() => readReproduction(withHeader(change))).toThrow(FormatError)
  })

  it('another safetensors file, a header that is no JSON, tensors that do not fit, cut bytes', () => {
    const { tensors, metadata } = readSafetensors(file)
    expect(() => readReproduction(writeSafetensors(tensors))).toThrow('depthwise.reproduction')
    expect(() => readReproduction(writeSafetensors(tensors, { metadata: { 'depthwise.reproduction': '{' } }))).toThrow(
      FormatError,
    )
    for (const name of tensors.keys()) {
      const fewer = new Map([...tensors].filter(([each]) => each !== name))
      expect(() => readReproduction(writeSafetensors(fewer, { metadata })), name).toThrow(FormatError)
      const odd = new Map(tensors).set(name, { dtype: 'float32', shape: [1], data: Float32Array.of(1) })
      expect(() => readReproduction(writeSafetensors(odd, { metadata })), name).toThrow(FormatError)
    }
    for (const length of [0, 7, 100, file.length - 1]) {
      expect(() => readReproduction(file.slice(0, length))).toThrow(FormatError)
    }
  })

  it('any byte changed: read, or refused by a FormatError', () => {
    for (let at = 0; at < 2000; at += 3) {
      const spoilt = file.slice()
      spoilt[at] = (spoilt[at]! + 1 + (at % 200)) % 256
      try {
        readReproduction(spoilt)
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError)
      }
    }
  })
})
