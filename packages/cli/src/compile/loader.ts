import { formatShape } from '@depthwise/core/backend'
import { labelsSection, type Product, suffixes } from './product.ts'

/** Most bytes of a loader. */
export const loaderBytes = 1024

/**
 * The ES module that loads a compiled network, in at most a kilobyte. The platform compiles the module while it arrives,
 * where it can; from a file system Node reads it; edge workers, which may not compile, hand over the module they imported.
 */
export function loaderSource(product: Product): string {
  const { name, one, labels, pixels } = product
  const { weights, input, output } = one
  const choice = moduleChoice(product)
  // A module without weights is too small for streams to gain anything.
  const get = weights
    ? `[m,w]=await Promise.all([m??F(${choice}).then(W.compile),w??F('${suffixes.weights}')])`
    : [
        `if(!m){m=await F(${choice})`,
        "m=await(/sm$/.test(m.headers?.get('content-type'))?W.compileStreaming(m):W.compile(await m.arrayBuffer?.()??m))}",
      ].join('\n')
  // Offsets are what the exported globals turn into as numbers.
  const places = [
    'let e=(await W.instantiate(m)).exports,b=e.memory.buffer',
    `p=new ${arrays[input.dtype]}(b,e.input,${values(input.shape)})`,
    `s=new Float32Array(b,e.output,${values(output.shape)})`,
    ...(labels ? [`l=new TextDecoder().decode(W.Module.customSections(m,'${labelsSection}')[0]).split\`\\n\``] : []),
  ]
  const fetched = weights ? 'new Uint8Array(await(await fetch(f)).arrayBuffer())' : 'fetch(f)'
  const lines = [
    `let N='${name}',W=WebAssembly,F=async f=>/^f/.test(f=new URL(N+f,import.meta.url))?process.getBuiltinModule('fs').readFileSync(f):${fetched}`,
    `export let load=async(${weights ? 'm,w' : 'm'})=>{try{${get}`,
    places.join(),
    ...(weights ? ['new Uint8Array(b).set(w,e.weights);e.init()'] : []),
    `return{${labels ? 'labels:l,' : ''}run(x${pixels ? `,k=x.length/${values(input.shape) / 3}` : ''}){${take(product)};e.run();return${give(product)}}}}catch(e){throw Error(N+' is missing or damaged: '+e)}}`,
  ]
  return `${lines.join('\n')}\n`
}

const arrays = { float32: 'Float32Array', uint8: 'Uint8Array', int8: 'Int8Array', int32: 'Int32Array' } as const
const values = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1)

/**
 * `(module (func unreachable f32x4.relaxed_madd drop))`: an engine that takes it has relaxed SIMD. Behind `unreachable` no
 * operands are asked for.
 */
const probe = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 0, 253, 133, 2, 26, 11]

/** Which of the modules to fetch: the end of its name, as an expression. */
function moduleChoice({ builds: { plain, relaxed } }: Product): string {
  if (!plain || !relaxed) return `'${suffixes.module}'`
  return `W.validate(Uint8Array.of(${probe}))?'${suffixes.relaxedModule}':'${suffixes.module}'`
}

/** Takes what `run` is given into the input; `k` is how many bytes a pixel has. */
function take({ one: { input }, pixels }: Product): string {
  const count = values(input.shape)
  if (!pixels) {
    const expected = `${formatShape(input.shape)} values`
    return `if(x.length!=${count})throw Error(N+': expected ${expected}, found '+x.length);p.set(x)`
  }
  const expected = `${pixels[1]}x${pixels[0]} RGB(A) bytes`
  return [
    `if(x.BYTES_PER_ELEMENT>1||k!=3&&k!=4)throw Error(N+': expected ${expected}, found '+x.length);`,
    'p.set(k<4?x:x.filter((_,i)=>i%4<3))',
  ].join('')
}

/** What `run` returns, as an expression. */
function give({ top, labels }: Product): string {
  if (top === null) return ' s.slice()'
  const label = labels ? 'l[i]' : "'class '+i"
  return `[...s.keys()].sort((a,b)=>s[b]-s[a]).slice(0,${top}).map(i=>({index:i,label:${label},probability:s[i]}))`
}
