import { DisposedError } from '@depthwise/core'
import { type Behaviour, graph, image, nameOf, numbers, params, rejection } from './behaviour.ts'

/** Rule 5. */
export const disposal: readonly Behaviour[] = [
  {
    name: 'answers what was accepted before disposal, refuses what comes after, and may be disposed of twice',
    async look(backend) {
      const executable = await backend.compile(graph, params)
      const wanted = numbers(await executable.run(image(1)))
      const accepted = [executable.run(image(1)), executable.run(image(1))]
      const disposal = executable[Symbol.asyncDispose]()
      const refused = [await rejection(executable.run(image(1))), await rejection(executable.profile(image(1)))]
      await disposal
      await executable[Symbol.asyncDispose]()
      const answers = (await Promise.all(accepted)).map(numbers)
      const name = nameOf(DisposedError)
      return {
        found: [answers, refused],
        wanted: [
          [wanted, wanted],
          [name, name],
        ],
      }
    },
  },
]
