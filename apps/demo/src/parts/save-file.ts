/** Hands bytes to the visitor as a download. */
export function saveFile(
  name: string,
  bytes: Uint8Array<ArrayBuffer> | string,
  type = 'application/octet-stream',
): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }))
  const link = Object.assign(document.createElement('a'), { href: url, download: name })
  link.click()
  // The download has begun, and keeps what it needs.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
