import { render } from 'preact'
import { App } from './app.tsx'
import { openDrawingNetwork, surveyDevice } from './state.ts'
import './style/base.css'
import './style/shell.css'
import './style/parts.css'
import './style/rooms.css'

// The network is on its way before the first stroke.
void openDrawingNetwork()
void surveyDevice()

render(<App />, document.getElementById('app') as HTMLElement)

// After everything that the first picture needs: keeping the page for later must not slow it down now.
if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => {
    navigator.serviceWorker
      .register('./service-worker.js')
      .catch(error => console.info(`not kept for offline: ${error}`))
  })
}
