export { checkpoint, describeShared, photo, repository, shared } from '../../../tests/shared/data.ts'
