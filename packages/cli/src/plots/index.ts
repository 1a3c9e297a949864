/**
 * Plots of cost, as options of Observable Plot. Nothing here needs Node or a DOM: the command line passes a document of its own, a
 * page its document. Each takes the library as its first argument, so that only callers who draw load it.
 */
export * from './manifold.ts'
export * from './memory.ts'
export * from './roofline.ts'
export * from './sweep.ts'
