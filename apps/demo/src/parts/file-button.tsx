import type { ComponentChildren } from 'preact'

/** A button that opens the system's own file dialogue. */
export function FileButton({
  children,
  accept,
  multiple = false,
  onFiles,
}: {
  readonly children: ComponentChildren
  readonly accept?: string
  readonly multiple?: boolean
  readonly onFiles: (files: readonly File[]) => void
}) {
  return (
    <label class="button file">
      {children}
      <input
        type="file"
        multiple={multiple}
        {...(accept && { accept })}
        onChange={event => {
          const files = [...(event.currentTarget.files ?? [])]
          // The same file may be chosen again.
          event.currentTarget.value = ''
          if (files.length > 0) onFiles(files)
        }}
      />
    </label>
  )
}
