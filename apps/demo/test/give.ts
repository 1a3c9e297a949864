import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Page } from 'playwright-core'

/** Drops a file on the place for pictures, or pastes it. */
export async function give(page: Page, by: 'drop' | 'paste', path: string): Promise<void> {
  const file = { name: basename(path), base64: readFileSync(path).toString('base64') }
  await page.getByRole('region', { name: 'Picture' }).evaluate(
    (place, { name, base64, how }) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([Uint8Array.from(atob(base64), letter => letter.charCodeAt(0))], name))
      const options = { bubbles: true, cancelable: true }
      place.dispatchEvent(
        how === 'drop'
          ? new DragEvent('drop', { ...options, dataTransfer: transfer })
          : new ClipboardEvent('paste', { ...options, clipboardData: transfer }),
      )
    },
    { ...file, how: by },
  )
}

/** Drops a folder there, as the system's file manager would: no script of a page can make one up. */
export async function dropFolder(page: Page, path: string): Promise<void> {
  const box = await page.getByRole('region', { name: 'Picture' }).boundingBox()
  if (!box) throw new Error('the place for pictures is not in sight')
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  const devtools = await page.context().newCDPSession(page)
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', { type, ...at, data })
  }
  await devtools.detach()
}
