import { useEffect, useRef } from 'preact/hooks'

/**
 * A figure that a plotting library draws. Its style sheet is taken out: the page's policy allows none inline, and the page
 * has the few rules of it that matter.
 */
export function Figure({ draw, label }: { readonly draw: (width: number) => Element; readonly label: string }) {
  const figure = useRef<HTMLElement>(null)
  useEffect(() => {
    const element = figure.current as HTMLElement
    let drawnFor = 0
    const redraw = (): void => {
      const width = Math.round(element.clientWidth)
      if (width === 0 || width === drawnFor) return
      drawnFor = width
      const plot = draw(width)
      for (const style of plot.querySelectorAll('style')) style.remove()
      // The figure as a whole has a name; its parts need none.
      for (const part of plot.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label')
      plot.setAttribute('role', 'img')
      plot.setAttribute('aria-label', label)
      element.replaceChildren(plot)
    }
    redraw()
    const observer = new ResizeObserver(redraw)
    observer.observe(element)
    return () => observer.disconnect()
  }, [draw, label])
  return <figure ref={figure} class="plot" />
}
