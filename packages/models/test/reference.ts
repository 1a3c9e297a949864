// By path, not by name: the tests of that package depend on this one, and the workspace allows no circle of packages.
export { reference } from '../../ops-cpu/src/index.ts'
