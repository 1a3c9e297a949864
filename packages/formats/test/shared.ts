export { describeShared, sharedBytes } from '../../../tests/shared/data.ts'
