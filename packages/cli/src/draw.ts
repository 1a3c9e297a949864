import { OptionError } from '@depthwise/core'
import type * as Plots from '@observablehq/plot'
import type { Terminal } from './terminal.ts'
import { checkWritable, type WriteOptions, writeWhole } from './write-files.ts'

/** Makes the description of a plot, given the library that draws it. */
export type Describe = (plot: typeof Plots) => Plots.PlotOptions

/**
 * A plot as an SVG file. The libraries are loaded when the first one is drawn.
 */
export async function drawSvg(describe: Describe): Promise<string> {
  const [plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')])
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  const { outerHTML } = plot.plot({ ...describe(plot), document, className: 'plot' })
  // Thousandths of a pixel are invisible, and the last digits of a double differ between engines.
  const markup = outerHTML.replace(/-?\d+\.\d{3,}(e-\d+)?/g, (number: string) => `${Number(Number(number).toFixed(2))}`)
  // Browsers do not know this keyword, and validators reject it.
  return `${markup.replace('  height: intrinsic;\n', '').replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ')}\n`
}

/**
 * Throws unless a plot can be written there; called before the work, not after.
 * @throws OptionError for an ending other than .svg and .png, FileError where nothing can be written
 */
export async function checkPlotPath(path: string, options: WriteOptions): Promise<void> {
  if (!/\.(svg|png)$/i.test(path)) {
    throw new OptionError({ where: 'option --plot', expected: 'a file that ends in .svg or .png', found: path })
  }
  await checkWritable(path, options)
}

/** Draws a plot into a file, by its extension as SVG, or as PNG at twice the size. */
export async function draw(path: string, describe: Describe, terminal: Terminal): Promise<void> {
  const svg = new TextEncoder().encode(await drawSvg(describe))
  await writeWhole(path, /\.png$/i.test(path) ? await toPng(svg) : svg)
  terminal.note(`wrote ${path}`)
}

async function toPng(svg: Uint8Array): Promise<Uint8Array> {
  const { default: sharp } = await import('sharp')
  return sharp(svg, { density: 144 }).png().toBuffer()
}
