import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { depthwise, jsonLines } from '@depthwise/testing/command'
import { describeShared, shared } from '@depthwise/testing/shared-folder'
import { temporaryFolder } from '@depthwise/testing/temporary'
import { describe, expect, test } from 'vitest'

/** A machine on which everything takes a nanosecond a FLOP, so that nothing need be calibrated here. */
function machineFile(): string {
  const rate = { operation: 1e-6, read: 0, written: 0, weights: 0, call: 0, samples: 1, error: 0 }
  const classes = ['stem', 'pointwise', 'depthwise', 'dense', 'globalPool', 'pool', 'element', 'softmax', 'pad']
  const machine = {
    backend: 'wasm',
    features: [],
    rates: Object.fromEntries(classes.map(name => [name, rate])),
    weights: [{ footprint: 1, byte: 0 }],
    run: { call: 0, byte: 0 },
    missing: {},
  }
  const path = join(temporaryFolder(), 'machine.json')
  writeFileSync(path, JSON.stringify(machine))
  return path
}

describe('depthwise cost', () => {
  test('memory, comparison and prediction, in words and as JSON', async () => {
    const args = ['cost', '--model', 'mobilenet_v2', '--memory', 'bands', '--machine', machineFile()]
    const { code, stdout, stderr } = await depthwise(...args, '--per-layer', '--compare', '--convention', 'fvcore')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/operations as fvcore counts +314,130,496\n/)
    expect(stdout).toMatch(/activations at their peak, blocks in bands of rows +1\.5 MB\n/)
    expect(stdout).toMatch(/MACs +568,740,352 +4,867,293,184 +300,774,272 +1,224,972,288\n/)
    expect(stdout).toMatch(/predicted on wasm +\d+\.\d+ ms\n/)
    expect(stdout).toMatch(/block_2_add .* compute\n/)
    const [report] = jsonLines<Record<string, Record<string, unknown>>>((await depthwise(...args, '--json')).stdout)
    expect(report?.['memory']).toMatchObject({ schedule: 'bands', peakBytes: 1_490_944 })
    expect(report?.['prediction']).toMatchObject({ backend: 'wasm', uncosted: [] })
  })

  test('draws who is in memory when', async () => {
    const [svg, png] = ['plan.svg', 'plan.PNG'].map(name => join(temporaryFolder(), name)) as [string, string]
    for (const path of [svg, png]) {
      const { code, stderr } = await depthwise('cost', '--model', 'mobilenet_v1', '--plot', path)
      expect({ code, stderr }).toEqual({ code: 0, stderr: `depthwise: wrote ${path}\n` })
    }
    expect(readFileSync(svg, 'utf8')).toMatch(
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[\s\S]*conv_pw_1_relu[\s\S]*<\/svg>\n$/,
    )
    expect(readFileSync(png).subarray(1, 4).toString()).toBe('PNG')
    const wrong = await depthwise('cost', '--model', 'mobilenet_v1', '--plot', 'plan.gif')
    expect(wrong).toMatchObject({
      code: 2,
      stderr: 'depthwise: option --plot: expected a file that ends in .svg or .png, found plan.gif\n',
    })
  })

  test('names a node that the machine has no rate for', async () => {
    const path = machineFile()
    const machine = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(
      path,
      JSON.stringify({ ...machine, rates: { ...machine.rates, softmax: undefined }, missing: { softmax: 'too hot' } }),
    )
    const { stdout } = await depthwise('cost', '--model', 'mobilenet_v2', '--machine', path)
    expect(stdout).toContain(
      'not costed: predictions_softmax (softmax): no rate for softmax kernels on wasm: too hot\n',
    )
  })

  test('a machine file of another backend than the one that is asked for is refused', async () => {
    const args = ['cost', '--model', 'mobilenet_v1', '--machine', machineFile()]
    const { code, stdout, stderr } = await depthwise(...args, '--predict', 'reference')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(
      'expected a calibration of reference: name another file, or leave out --predict, found one of wasm',
    )
    for (const backend of ['wasm', 'auto']) expect((await depthwise(...args, '--predict', backend)).code).toBe(0)
  })

  test('a machine file that cannot be written is refused before anything is calibrated', async () => {
    const path = join(temporaryFolder(), 'missing', 'machine.json')
    const { code, stderr } = await depthwise('cost', '--model', 'mobilenet_v2', '--machine', path)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^depthwise: \S+: expected a file that can be written, found no folder [^\n]+\n$/)
  })

  test.each([
    ['[1]', 'other JSON'],
    ['{"backend":"wasm","rates":{"dense":{}},"missing":{},"weights":[],"run":{"call":0,"byte":0}}', 'other JSON'],
    ['{', 'no JSON'],
  ])('a machine file of %s is refused', async (text, found) => {
    const path = join(temporaryFolder(), 'machine.json')
    writeFileSync(path, text)
    const { code, stderr } = await depthwise('cost', '--model', 'mobilenet_v2', '--machine', path)
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `depthwise: ${path}: expected a machine as --machine writes it, found ${found}\n`,
    })
  })
})

describeShared('depthwise cost of a checkpoint', () => {
  test('is that of the graph in the file', async () => {
    const file = `${shared}checkpoints/mobilenet_v1_0.25_224_1_default_1.tflite`
    const { code, stdout } = await depthwise(
      'cost',
      '--checkpoint',
      file,
      '--memory',
      'layers',
      '--machine',
      machineFile(),
    )
    expect(code).toBe(0)
    expect(stdout).toMatch(/MACs +41,030,528\n/)
    expect(stdout).toMatch(/predicted on wasm/)
    expect(stdout).not.toContain('not costed')
  })
})

describe('depthwise sweep', () => {
  const small = ['sweep', '--model', 'mobilenet_v2', '--alpha', '0.35,1', '--resolution', '96']
  test('as a table, CSV, JSON and Markdown', async () => {
    const text = async (...args: string[]) => (await depthwise(...small, ...args)).stdout
    expect(await text()).toMatch(/mobilenet_v2 +0\.35 +96 +11,934,128 +1,677,128 +6\.7 MB +553\.0 kB +45\.5\n/)
    const csv = (await text('--format', 'csv')).split('\n')
    expect(csv[0]).toBe('network,alpha,resolution,macs,params,weightBytes,peakBytes,milliseconds,top1,top5,source')
    expect(csv[1]).toBe(
      'mobilenet_v2,0.35,96,11934128,1677128,6680352,552960,,45.5,70.4,"tensorflow/models, research/slim/nets/mobilenet/README.md"',
    )
    expect(JSON.parse(await text('--format', 'json'))).toMatchObject([
      { alpha: 0.35, top1: 45.5 },
      { alpha: 1, milliseconds: null },
    ])
    expect(await text('--format', 'markdown', '--machine', machineFile())).toContain(
      '| network | alpha | size | MACs | parameters | weights | peak | predicted ms | top-1 % |',
    )
  })

  test('into a file, and as a picture', async () => {
    const folder = temporaryFolder()
    const [output, plot] = [join(folder, 'sweep.csv'), join(folder, 'sweep.svg')]
    const { code, stdout } = await depthwise(
      'sweep',
      '--format',
      'csv',
      '--output',
      output,
      '--plot',
      plot,
      '--against',
      'params',
    )
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(readFileSync(output, 'utf8').split('\n')).toHaveLength(40)
    expect(readFileSync(plot, 'utf8').match(/<circle/g)).toHaveLength(38)
  })

  test('measures what it foretold', async () => {
    const { code, stdout, stderr } = await depthwise(
      ...small,
      '--measure',
      '--machine',
      machineFile(),
      '--format',
      'json',
    )
    expect(code).toBe(0)
    for (const { measured } of JSON.parse(stdout)) expect(measured).toBeGreaterThan(0)
    expect(stderr).toMatch(
      /predicted against measured, 2 networks: median error [\d.]+ %, worst [\d.]+ %, rank correlation/,
    )
  })
})

describe('depthwise pick', () => {
  test('the best within the limits, or what comes nearest and why it will not do', async () => {
    const found = await depthwise('pick', '--max-macs', '100e6', '--min-top1', '65', '--json')
    expect(jsonLines(found.stdout)).toMatchObject([
      { alpha: 0.5, resolution: 224 },
      { alpha: 1, resolution: 128 },
    ])
    const fast = await depthwise('pick', '--max-milliseconds', '1000', '--machine', machineFile(), '--json')
    expect(jsonLines(fast.stdout)[0]).toMatchObject({ network: 'mobilenet_v2', alpha: 1 })
    expect(await depthwise('pick', '--max-params', '1e6', '--min-top1', '70')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'depthwise: no published network is within the limits; mobilenet_v1 0.5/224 comes nearest, and breaks --max-params and --min-top1\n',
    })
  })
})

describe('depthwise manifold', () => {
  test('as a table, as JSON and as a picture', async () => {
    const plot = join(temporaryFolder(), 'figure.svg')
    const { code, stdout } = await depthwise('manifold', '--n', '2,30', '--seeds', '3', '--plot', plot)
    expect(code).toBe(0)
    expect(stdout).toMatch(/ 2 +\d+\.\d\d % +75\.00 % +\d+\.\d\d % +25\.00 %/)
    expect(readFileSync(plot, 'utf8')).toContain('n = 30')
    const [result] = jsonLines<{ embeddings: unknown[] }>(
      (await depthwise('manifold', '--n', '3', '--seeds', '1', '--seed', '-4', '--backend', 'reference', '--json'))
        .stdout,
    )
    expect(result?.embeddings).toHaveLength(1)
  })
})
