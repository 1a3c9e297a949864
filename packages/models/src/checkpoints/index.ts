export { knownCheckpoints, withKnownMetadata } from './known.ts'
