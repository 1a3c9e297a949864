import { expect, it } from 'vitest'
import { addressFields } from '../../.pnpmfile.mjs'

it('gives a package the address of its folder', () => {
  expect(addressFields({ repository: 'https://example.org/us/depthwise' }, 'packages/core')).toEqual({
    repository: { type: 'git', url: 'git+https://example.org/us/depthwise.git', directory: 'packages/core' },
    homepage: 'https://example.org/us/depthwise/tree/main/packages/core#readme',
    bugs: { url: 'https://example.org/us/depthwise/issues' },
  })
})

it('invents none', () => {
  expect(addressFields({}, 'packages/core')).toEqual({})
})
