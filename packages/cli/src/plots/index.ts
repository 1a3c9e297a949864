/**
 * Pictures of cost, as options of Observable Plot. No Node and no DOM in here: the command line gives them a document of its
 * own, a page its own document. Each takes the library as its first argument, so that nobody loads it who draws nothing.
 */
export * from './manifold.ts'
export * from './memory.ts'
export * from './roofline.ts'
export * from './sweep.ts'
