import type { ComponentChildren } from 'preact'

/** What may be wider than a phone, such as a table: scrolled by the hand or, once it has the focus, by keys. */
export function Scroll({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: so that the keyboard can scroll it
    <section class="scroll" tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
