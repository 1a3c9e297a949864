import { FormatError } from '@depthwise/core'
import { expect, it } from 'vitest'
import { Budget } from '../src/onnx/read/budget.ts'

it('lets four times the file be copied and 4,096 more, and not a byte beyond', () => {
  const budget = new Budget(1000)
  budget.spend(8000, 'a')
  budget.spend(96, 'b')
  budget.spend(0, 'c')
  expect(() => budget.spend(1, 'node 7')).toThrow(FormatError)
  expect(() => new Budget(1000).spend(8097, 'node 7')).toThrow(
    'node 7: expected a file whose constants are read about once each, found more than 8096 bytes to copy out of 1000',
  )
})
