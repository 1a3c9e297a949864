export { describeShared, sharedBytes, testsShared } from '../../../tests/shared/data.ts'
