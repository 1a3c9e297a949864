import { RemoteClassifier } from './client.ts'
import type { Answer, Opened } from './messages.ts'

const element = <T extends Element>(selector: string): T => document.querySelector<T>(selector) as T
const sheet = element<HTMLCanvasElement>('canvas')
const context = sheet.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D
const answers = element('ol')
const output = element('output')
const facts = element('ul')
const choice = element<HTMLSelectElement>('select')

const classifier = new RemoteClassifier()
let isBlank = true
let inUse = ''
/** Where the pen was last. */
let pen: readonly [number, number] | null = null
let request = new AbortController()

/** Has the worker look at the sheet as it is now; what it was asked before is stale, and called off. */
async function look(): Promise<void> {
  request.abort()
  request = new AbortController()
  const { signal } = request
  if (isBlank) return show(null)
  try {
    const answer = await classifier.classify(context.getImageData(0, 0, sheet.width, sheet.height), { signal })
    if (!signal.aborted) show(answer)
  } catch (error) {
    if (!signal.aborted) showError(error as Error)
  }
}

function show(answer: Answer | null): void {
  const [best] = answer?.predictions ?? []
  output.textContent =
    best && answer
      ? `${best.label}, found in ${answer.milliseconds.toFixed(1)} ms on ${answer.backend}`
      : 'Draw, or choose an image.'
  answers.replaceChildren(
    ...(answer?.predictions ?? []).map(({ label, probability }) => {
      const item = document.createElement('li')
      const share = document.createElement('b')
      share.textContent = `${(100 * probability).toFixed(0)} %`
      item.style.setProperty('--share', `${100 * probability}%`)
      item.append(label, share)
      return item
    }),
  )
}

function showError({ name, message }: Error): void {
  answers.replaceChildren()
  if (name === 'BackendUnavailableError') output.textContent = `Not in this browser: ${message}`
  else if (name === 'FormatError') output.textContent = `The network cannot be read: ${message}`
  else output.textContent = `This did not work: ${message}`
}

/** What can be chosen, and in words why the rest cannot. */
function offer({ backend, offered }: Opened): void {
  inUse = backend
  for (const { name, available } of offered) {
    const option = new Option(name, name, false, name === backend)
    option.disabled = !available
    choice.append(option)
  }
  choice.disabled = false
  for (const { name, features, reasons } of offered) {
    const line = document.createElement('li')
    line.textContent = `${name}: ${[...features, ...reasons].join('; ') || 'plain loops'}`
    facts.append(line)
  }
}

function clear(width = 320, height = 320): void {
  sheet.width = width
  sheet.height = height
  context.fillStyle = 'white'
  context.fillRect(0, 0, width, height)
  Object.assign(context, { lineWidth: width / 32, lineCap: 'round', lineJoin: 'round' })
  isBlank = true
}

function stroke({ offsetX, offsetY }: PointerEvent): void {
  const scale = sheet.width / sheet.clientWidth
  const point = [offsetX * scale, offsetY * scale] as const
  context.beginPath()
  context.moveTo(...(pen ?? point))
  context.lineTo(...point)
  context.stroke()
  pen = point
  isBlank = false
  look()
}

sheet.addEventListener('pointerdown', event => {
  sheet.setPointerCapture(event.pointerId)
  pen = null
  stroke(event)
})
sheet.addEventListener('pointermove', event => {
  if (sheet.hasPointerCapture(event.pointerId)) stroke(event)
})
element('button').addEventListener('click', () => {
  clear()
  look()
})
element<HTMLInputElement>('input').addEventListener('change', async ({ target }) => {
  const input = target as HTMLInputElement
  const [file] = input.files ?? []
  if (!file) return
  try {
    const image = await createImageBitmap(file)
    const scale = Math.min(1, 640 / Math.max(image.width, image.height))
    clear(Math.ceil(image.width * scale), Math.ceil(image.height * scale))
    context.drawImage(image, 0, 0, sheet.width, sheet.height)
    isBlank = false
    look()
  } catch {
    showError(new Error(`This browser cannot open ${file.name} as an image.`))
  }
  input.value = ''
})
choice.addEventListener('change', async () => {
  try {
    await classifier.use(choice.value)
    inUse = choice.value
    look()
  } catch (error) {
    choice.value = inUse
    showError(error as Error)
  }
})
clear()
try {
  offer(await classifier.open())
  look()
} catch (error) {
  showError(error as Error)
}
