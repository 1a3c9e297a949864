import { Application, type DeclarationReflection, type ProjectReflection, ReflectionKind } from 'typedoc'

/**
 * A plugin of TypeDoc: an exported name without a doc comment fails the build of the API reference. TypeDoc's own check
 * would ask for comments on every method of every interface too, whose names and types often say it all.
 */
export function load(app: Application): void {
  app.on(Application.EVENT_VALIDATE_PROJECT, project => {
    // Packages are validated one by one, and then once all together: once is enough.
    if (app.options.getValue('entryPointStrategy') !== 'packages') return
    for (const name of exportedNames(project)) {
      if (isDocumented(name)) continue
      app.logger.validationWarning(`${name.getFriendlyFullName()} is exported without a doc comment`)
    }
  })
}

/** Packages are modules of the project, and so are the entry points of one that has several. */
function exportedNames(parent: ProjectReflection | DeclarationReflection): readonly DeclarationReflection[] {
  return (parent.children ?? []).flatMap(child => {
    if (child.kindOf(ReflectionKind.Module)) return exportedNames(child)
    return child.kindOf(ReflectionKind.Reference) ? [] : [child]
  })
}

/** Comments of functions lie on their signatures, also those of types that are functions. */
function isDocumented(name: DeclarationReflection): boolean {
  const declared = name.type?.type === 'reflection' ? name.type.declaration.signatures : undefined
  return [name, ...(name.signatures ?? []), ...(declared ?? [])].some(each => each.hasComment())
}
