import checkpointUrl from '@depthwise/models/default.depthwise?url'
import { effect, signal } from '@preact/signals'
import { ask } from './client.ts'
import type { BackendFacts, ModelFacts, Progress } from './worker/protocol.ts'

// What several rooms look at. Everything else stays in its room.

export const backends = signal<readonly BackendFacts[]>([])
export const isolated = signal<boolean>(false)
export const backend = signal<string>('wasm')
/** Name of the backend that is being compiled for, while it is. */
export const switching = signal<string | null>(null)
export const drawingModel = signal<ModelFacts | null>(null)
export const photoModel = signal<ModelFacts | null>(null)
/** What went wrong last, in words; shown until it is dismissed. */
export const errorMessage = signal<string | null>(null)

export const showError = (error: unknown): void => {
  errorMessage.value = error instanceof Error ? error.message : String(error)
}

/** Fetched here, while the worker is still on its way. */
export async function openDrawingNetwork(): Promise<void> {
  try {
    const response = await fetch(checkpointUrl)
    if (!response.ok) throw new Error(`${checkpointUrl}: ${response.status} ${response.statusText}`)
    const bytes = new Uint8Array(await response.arrayBuffer())
    drawingModel.value = await ask('openDrawing', { bytes })
  } catch (error) {
    showError(error)
  }
}

export async function surveyDevice(): Promise<void> {
  try {
    const found = await ask('backends', null)
    backends.value = found.backends
    isolated.value = found.isolated
  } catch (error) {
    showError(error)
  }
}

/** Moves everything to another backend; where that fails, says why and stays. */
export async function useBackend(name: string): Promise<void> {
  if (switching.value !== null || name === backend.value) return
  switching.value = name
  try {
    backend.value = (await ask('use', { backend: name })).backend
  } catch (error) {
    showError(error)
  } finally {
    switching.value = null
  }
}

export type Theme = 'auto' | 'light' | 'dark'
const themes: readonly Theme[] = ['auto', 'light', 'dark']
const kept = ((): string | null => {
  try {
    return localStorage.getItem('theme')
  } catch {
    // Storage may be forbidden; the page works without.
    return null
  }
})()
export const theme = signal<Theme>(themes.find(each => each === kept) ?? 'auto')

const dark = matchMedia('(prefers-color-scheme: dark)')
const systemIsDark = signal(dark.matches)
dark.addEventListener('change', () => (systemIsDark.value = dark.matches))

effect(() => {
  const { value } = theme
  document.documentElement.dataset['theme'] = value === 'auto' ? (systemIsDark.value ? 'dark' : 'light') : value
  try {
    localStorage.setItem('theme', theme.value)
  } catch {
    // As above.
  }
})

export const nextTheme = (): void => {
  theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length] as Theme
}

/** `0.42` of a progress, or null where the end is not known. */
export const shareOf = ({ done, total }: Progress): number | null => (total ? Math.min(1, done / total) : null)
