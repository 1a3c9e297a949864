import { Drawing } from './drawing'

export default function Page() {
  return (
    <>
      <header>
        <h1>Drawings in Next.js</h1>
        <p>Draw a digit, or a circle, star, house, fish … It is read here, and by the server if you ask it.</p>
      </header>
      <Drawing />
    </>
  )
}
