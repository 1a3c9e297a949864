// WebKitGTK 2.50 has neither of the symbols by which `using` finds what to call. To be imported before anything that names them:
// methods called by them, and the declarations themselves once they are compiled, find these in their place.
for (const name of ['dispose', 'asyncDispose'] as const) {
  if (!(name in Symbol)) Object.defineProperty(Symbol, name, { value: Symbol.for(`Symbol.${name}`) })
}
