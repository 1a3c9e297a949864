import { describeShared } from '@depthwise/testing/shared-folder'
import { field, groupBy, numberIn, type Row, readTable } from '@depthwise/testing/tables'
import { expect, it } from 'vitest'
import { costOf, versionOf } from './mobilenets.ts'
import { expectTable, figure } from './published.ts'

const keras = (version: 'v1' | 'v2', alpha: number, resolution = 224, includeTop = true) =>
  costOf({ version, alpha, resolution, includeTop, preset: 'keras' }).total

describeShared('what Keras prints', () => {
  it('README: parameters with and without the top, and those Keras itself counts', () => {
    const figures = readTable('keras_applications_published.csv').flatMap(row => {
      const version = field(row, 'model') === 'MobileNet' ? 'v1' : 'v2'
      const alpha = numberIn(row, 'alpha')
      const whole = keras(version, alpha).paramsBy.total
      const stem = keras(version, alpha, 224, false).paramsBy.total
      const name = `${version} ${alpha}`
      return [
        figure(`${name} size`, field(row, 'size_params_millions'), whole / 1e6),
        figure(`${name} stem`, field(row, 'stem_params_millions'), stem / 1e6),
        figure(`${name} count_params`, field(row, 'total_params_exact'), whole),
      ]
    })
    expectTable('Keras README', figures, 'round')
  })

  it('V1 docstring: MACs, misprinted at 1.0, and parameters', () => {
    const figures = readTable('keras_docstring_v1_table_WITH_ERRATA.csv').flatMap(row => {
      const total = keras('v1', numberIn(row, 'alpha'), numberIn(row, 'resolution'))
      const name = `${field(row, 'alpha')}/${field(row, 'resolution')}`
      expect(Math.abs(total.macs / 1e6 - numberIn(row, 'correct_macs_millions')), name).toBeLessThan(0.005)
      return [
        figure(`${name} MACs`, field(row, 'multiply_adds_millions_printed'), total.macs / 1e6),
        figure(`${name} params`, field(row, 'params_millions'), total.paramsBy.weights / 1e6),
      ]
    })
    expectTable('Keras docstring', figures, 'round')
  })

  it('of every layer of a run: its output shape and its parameters', () => {
    const nets = groupBy(readTable('keras_3_layers.csv'), row => `${field(row, 'version')} ${field(row, 'alpha')}`)
    expect(nets).toHaveLength(10)
    for (const rows of nets) {
      const [alpha, resolution] = [numberIn(rows[0] as Row, 'alpha'), numberIn(rows[0] as Row, 'resolution')]
      const { layers } = costOf({ version: versionOf(rows[0] as Row), alpha, resolution, preset: 'keras' })
      // Keras counts the softmax of V2 as part of its dense layer.
      const counted = layers
        .filter(({ name }) => name !== 'predictions_softmax')
        .map(({ output, paramsBy }) => `${output.slice(1).join('x')}: ${paramsBy.total}`)
      expect(counted).toEqual(rows.map(row => `${field(row, 'output_shape')}: ${field(row, 'params')}`))
    }
  })
})
