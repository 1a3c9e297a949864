import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { BackendSwitch } from './parts/backend-switch.tsx'
import { Draw } from './rooms/draw.tsx'
import { errorMessage, isolated, nextTheme, showError, theme } from './state.ts'

interface Room {
  readonly path: string
  readonly name: string
  readonly says: string
  /** The first room comes with the page, the others when they are entered. */
  readonly load: () => Promise<ComponentType> | ComponentType
}

const rooms: readonly Room[] = [
  { path: 'draw', name: 'Draw', says: 'Draw a digit or a shape. It is read while you draw.', load: () => Draw },
  {
    path: 'photo',
    name: 'Photo & camera',
    says: 'Bring a checkpoint and a picture, and see what it sees, and where.',
    load: async () => (await import('./rooms/photo.tsx')).Photo,
  },
  {
    path: 'teach',
    name: 'Teach',
    says: 'A few examples each of things of your own are enough.',
    load: async () => (await import('./rooms/teach.tsx')).Teach,
  },
  {
    path: 'inside',
    name: 'Inside',
    says: 'What a network is made of, what each part costs, and what it takes here.',
    load: async () => (await import('./rooms/inside.tsx')).Inside,
  },
  {
    path: 'agree',
    name: 'Agree?',
    says: 'Whether the fast backends compute what plain loops compute, on this very device.',
    load: async () => (await import('./rooms/agree.tsx')).Agree,
  },
  {
    path: 'fast',
    name: 'Fast?',
    says: 'The bench, in this page, on this very device.',
    load: async () => (await import('./rooms/fast.tsx')).Fast,
  },
]

const roomOf = (hash: string): Room => rooms.find(({ path }) => hash === `#/${path}`) ?? (rooms[0] as Room)

const here = signal<Room>(roomOf(location.hash))
const component = signal<{ readonly of: Room; readonly Shown: ComponentType } | null>({
  of: rooms[0] as Room,
  Shown: Draw,
})

async function enter(room: Room): Promise<void> {
  here.value = room
  document.title = `${room.name} · Depthwise`
  try {
    const Shown = await room.load()
    if (here.value === room) component.value = { of: room, Shown }
  } catch (error) {
    showError(error)
  }
}

if (here.value !== rooms[0]) component.value = null
void enter(here.value)
addEventListener('hashchange', () => void enter(roomOf(location.hash)))

export function App() {
  const heading = useRef<HTMLHeadingElement>(null)
  const room = here.value
  const entered = useRef(room)
  useEffect(() => {
    // Who came by keyboard or screen reader goes on from the new room's name.
    if (entered.current !== room) heading.current?.focus({ preventScroll: true })
    entered.current = room
  }, [room])
  const shown = component.value
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the room
      </button>
      <header class="masthead">
        <a class="wordmark" href="#/draw" aria-label="Depthwise, first room">
          <span aria-hidden="true" class="wordmark-sign" />
          Depthwise
        </a>
        <nav aria-label="Rooms">
          {rooms.map(({ path, name }) => (
            <a key={path} href={`#/${path}`} aria-current={path === room.path ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <div class="masthead-tools">
          <BackendSwitch />
          <button type="button" class="quiet" onClick={nextTheme} title="Light, dark, or as the system has it">
            {theme.value === 'auto' ? 'Auto' : theme.value === 'light' ? 'Light' : 'Dark'}
            <span class="hidden">: colour theme</span>
          </button>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <div class="title">
          <h1 ref={heading} tabIndex={-1}>
            {room.name}
          </h1>
          <p>{room.says}</p>
        </div>
        {errorMessage.value !== null && (
          <div class="error-message" role="alert">
            <p>{errorMessage.value}</p>
            <button type="button" class="quiet" onClick={() => (errorMessage.value = null)}>
              Dismiss
            </button>
          </div>
        )}
        {shown?.of === room ? <shown.Shown /> : <p class="note">One moment.</p>}
      </main>
      <footer>
        <p>
          Everything happens on this device: pictures, drawings and checkpoints go nowhere.{' '}
          {isolated.value
            ? 'This page is cross-origin isolated.'
            : 'This page is not cross-origin isolated; it needs not be.'}
        </p>
      </footer>
    </>
  )
}
