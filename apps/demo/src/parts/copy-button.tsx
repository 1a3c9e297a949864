import { useState } from 'preact/hooks'
import { showError } from '../state.ts'

/** Copies a text, and says that it did. */
export function CopyButton({ text, children }: { readonly text: () => string; readonly children: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text())
      setCopied(true)
      setTimeout(() => setCopied(false), 2000)
    } catch (error) {
      showError(`the browser did not let it be copied: ${error instanceof Error ? error.message : error}`)
    }
  }
  return (
    <button type="button" onClick={() => void copy()}>
      {copied ? 'Copied' : children}
    </button>
  )
}
