import type { Plugin } from 'vite'

/**
 * What the page may do: run its own scripts and WebAssembly, show pictures that it makes itself, and fetch checkpoints over
 * https where a visitor asks for one. Nothing inline, nothing evaluated.
 */
export const policy: string = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self' https:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** Headers that the page is served with. `isolated`: with those that give it shared memory, and so threads. */
export function headers({ isolated }: { readonly isolated: boolean }): Record<string, string> {
  return {
    'Content-Security-Policy': policy,
    ...(isolated && {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    }),
  }
}

/** Writes the policy into the built page too: hosts of static files send no headers of ours. */
export function contentPolicy(): Plugin {
  return {
    name: 'content-policy',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' },
    ],
  }
}
