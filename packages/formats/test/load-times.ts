// How long files of ImageNet's networks take to load: `node packages/formats/test/load-times.ts`, at real-time priority
// (`chrt -r 50`) on a machine that does other things. Prints a table of first and least times.
import { imagenetFiles } from './imagenet-files.ts'

const runs = 5
console.log('| network | file | MB | first, ms | least, ms |\n| --- | --- | ---: | ---: | ---: |')
for (const network of ['mobilenet_v1', 'mobilenet_v2'] as const) {
  for (const { name, size, load } of await imagenetFiles(network)) {
    const times: number[] = []
    for (let run = 0; run < runs; run += 1) {
      const start = performance.now()
      await load()
      times.push(performance.now() - start)
    }
    const [first = 0] = times
    const cells = [network, name, (size / 1e6).toFixed(1), first.toFixed(0), Math.min(...times).toFixed(0)]
    console.log(`| ${cells.join(' | ')} |`)
  }
}
