import { backend, backends, switching, useBackend } from '../state.ts'

const titles: Readonly<Record<string, string>> = {
  wasm: 'WebAssembly SIMD',
  webgpu: 'WebGPU',
  reference: 'Plain loops, the oracle',
}

/** Where networks run; takes effect while they do. */
export function BackendSwitch() {
  return (
    <fieldset class="segments">
      <legend class="hidden">Backend</legend>
      {['wasm', 'webgpu', 'reference'].map(name => {
        const facts = backends.value.find(each => each.name === name)
        const missing = facts?.available === false
        const reason = missing ? `: ${facts.reasons.join('; ')}` : ''
        return (
          <label key={name} title={`${titles[name]}${reason}`} class={missing ? 'missing' : ''}>
            <input
              type="radio"
              name="backend"
              value={name}
              checked={backend.value === name}
              disabled={missing || switching.value !== null}
              onChange={() => void useBackend(name)}
            />
            <span>{switching.value === name ? '…' : name}</span>
          </label>
        )
      })}
    </fieldset>
  )
}
