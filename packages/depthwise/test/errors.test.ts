import * as core from '@depthwise/core'
import type { ErrorDetails } from '@depthwise/core/backend'
import { expect, it } from 'vitest'
import { received, sendable } from '../src/many/errors.ts'
import { FileError } from '../src/node/index.ts'

const details = { where: 'cat.jpg', expected: 'an image', found: 'a text file' }
const classes = Object.values(core).filter(
  value => typeof value === 'function' && value.prototype instanceof core.DepthwiseError,
) as unknown as readonly (new (
  details: ErrorDetails,
) => core.DepthwiseError)[]

it.each(classes.map(each => [each.name, each] as const))('%s arrives as itself', (_, kind) => {
  const error = new kind(details)
  const arrived = received(structuredClone(sendable(error)))
  expect(arrived).toBeInstanceOf(kind)
  expect(arrived).toMatchObject({ ...details, name: error.name, message: error.message })
})

it('keeps the name of classes that only one host has', () => {
  const arrived = received(structuredClone(sendable(new FileError(details))))
  expect(arrived).toBeInstanceOf(core.DepthwiseError)
  expect(arrived).toMatchObject({ ...details, name: 'FileError' })
  expect(received(sendable(new RangeError('too long')))).toMatchObject({ name: 'RangeError', message: 'too long' })
  expect(received(sendable('text'))).toMatchObject({ name: 'Error', message: 'text' })
})
