import type { Local } from '../assembler/index.ts'
import { advance, countDown, locals, repeat } from './idioms.ts'
import { kernel } from './kernel.ts'

/** `copy_blocks`: blocks of bytes on a grid of two axes, from one spacing to another: padding, slicing, joining, unpacking. */
export const copyBlocks = kernel({
  name: 'copy_blocks',
  fields: {
    input: 'i32',
    output: 'i32',
    bytes: 'i32',
    outer: 'i32',
    inputOuter: 'i32',
    outputOuter: 'i32',
    inner: 'i32',
    inputInner: 'i32',
    outputInner: 'i32',
  },
  emit(f, args) {
    const [from, to, inner] = locals(f, 3, 'i32') as [Local, Local, Local]
    const [input, output, outer] = [args.local(f, 'input'), args.local(f, 'output'), args.local(f, 'outer')]
    const [bytes, inputInner, outputInner] = [
      args.local(f, 'bytes'),
      args.local(f, 'inputInner'),
      args.local(f, 'outputInner'),
    ]
    countDown(f, outer, () => {
      f.get(input).set(from).get(output).set(to)
      repeat(f, args, 'inner', inner, () => {
        f.get(to).get(from).get(bytes).op('memory.copy')
        advance(f, from, inputInner)
        advance(f, to, outputInner)
      })
      f.get(input)
      args.push(f, 'inputOuter')
      f.op('i32.add').set(input).get(output)
      args.push(f, 'outputOuter')
      f.op('i32.add').set(output)
    })
  },
})

/** `fill`: one float, many times. */
export const fill = kernel({
  name: 'fill',
  fields: { output: 'i32', count: 'i32', value: 'f32' },
  emit(f, args) {
    const [output, count] = [args.local(f, 'output'), args.local(f, 'count')]
    countDown(f, count, () => {
      f.get(output)
      args.push(f, 'value')
      f.store('f32.store')
      advance(f, output, 4)
    })
  },
})

/** `clear`: zeros, `bytes` of them. */
export const clear = kernel({
  name: 'clear',
  fields: { output: 'i32', bytes: 'i32' },
  emit(f, args) {
    args.push(f, 'output')
    f.i32(0)
    args.push(f, 'bytes')
    f.op('memory.fill')
  },
})

/** `repeat_channels`: every channel `times` times in a row, which makes a depthwise multiplier a plain depthwise layer. */
export const repeatChannels = kernel({
  name: 'repeat_channels',
  fields: {
    input: 'i32',
    output: 'i32',
    pixels: 'i32',
    channels: 'i32',
    times: 'i32',
    inputStep: 'i32',
    outputStep: 'i32',
  },
  emit(f, args) {
    const [from, to, channel, time] = locals(f, 4, 'i32') as [Local, Local, Local, Local]
    const [input, output, pixels] = [args.local(f, 'input'), args.local(f, 'output'), args.local(f, 'pixels')]
    countDown(f, pixels, () => {
      f.get(input).set(from).get(output).set(to)
      repeat(f, args, 'channels', channel, () => {
        repeat(f, args, 'times', time, () => {
          f.get(to).get(from).load('f32.load').store('f32.store')
          advance(f, to, 4)
        })
        advance(f, from, 4)
      })
      f.get(input)
      args.push(f, 'inputStep')
      f.op('i32.add').set(input).get(output)
      args.push(f, 'outputStep')
      f.op('i32.add').set(output)
    })
  },
})
